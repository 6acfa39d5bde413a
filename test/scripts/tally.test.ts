import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { countTests, tallyLine } from '../../scripts/lib/tally.mjs'
import { temporaryFolder } from './temporary.ts'

test('the count is the one of a real vitest run; a file that does not load is a failure', () => {
  const root = temporaryFolder()
  const modules = resolve(import.meta.dirname, '../../node_modules')
  symlinkSync(modules, join(root, 'node_modules'))
  mkdirSync(join(root, 'test'))
  const head = "import { expect, test } from 'vitest'\n"
  const good = "test('a', () => {}); test('b', () => {}); test.skip('c', () => {}); test.todo('d')"
  writeFileSync(join(root, 'test', 'good.test.ts'), head + good)
  const bad = "test('e', () => {}); test('f', () => expect(1).toBe(2))"
  writeFileSync(join(root, 'test', 'bad.test.ts'), head + bad)
  writeFileSync(join(root, 'test', 'broken.test.ts'), "import './absent.ts'")
  const report = join(root, 'report.json')
  const vitest = join(modules, 'vitest', 'vitest.mjs')
  const args = [vitest, 'run', '--root', root, '--reporter=json', `--outputFile=${report}`]
  spawnSync(process.execPath, args, { env: { ...process.env, VITEST: undefined } })
  const tally = countTests(readFileSync(report, 'utf8'))
  expect(tally).toEqual({ passed: 3, failed: 2, skipped: 2 })
  expect(tallyLine(tally)).toBe('3 passed, 2 failed, 2 skipped')
})

test('no report at all is a failure', () => {
  expect(tallyLine(countTests(null))).toBe('0 passed, 1 failed')
})
