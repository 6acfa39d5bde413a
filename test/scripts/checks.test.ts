import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { checkLanes, runChecks } from '../../scripts/lib/checks.mjs'
import { temporaryFolder } from './temporary.ts'

const modules = resolve(import.meta.dirname, '../../node_modules')

/** One check of each kind: the others differ in their files alone. */
const KINDS = ['types of the preload script', 'lint', 'format']

/** A clone with one module, and the names of the checks that it does not pass. */
function smallClone(): { write: (text: string) => void; check: () => Promise<string[]> } {
  const root = temporaryFolder()
  const put = (name: string, text: string): void => writeFileSync(join(root, name), `${text}\n`)
  symlinkSync(modules, join(root, 'node_modules'))
  mkdirSync(join(root, 'src'))
  put('package.json', '{ "type": "module" }')
  put('.prettierrc.json', '{ "semi": false }')
  put('eslint.config.js', "export default [{ rules: { 'no-debugger': 'error' } }]")
  put(
    'tsconfig.preload.json',
    '{ "compilerOptions": { "allowJs": true, "checkJs": true, "noEmit": true, "types": [], "skipLibCheck": true }, "include": ["src"] }',
  )
  const lanes = checkLanes(root).map((lane) =>
    lane
      .filter(({ name }) => KINDS.includes(name))
      .map((check) => ({ ...check, args: check.args.map((a) => (a === '.' ? 'src' : a)) })),
  )
  const check = (): Promise<string[]> =>
    runChecks(
      lanes,
      async ({ program, args }) => {
        const command = [join(modules, program), ...args]
        const { status, stdout } = spawnSync(process.execPath, command, { cwd: root })
        return { ok: status === 0, output: stdout.toString() }
      },
      () => undefined,
    )
  return { write: (text) => put('src/a.js', text), check }
}

test('a file that becomes wrong fails each check that it passed before', async () => {
  const { write, check } = smallClone()
  write('export const a = 1')
  expect(await check()).toEqual([])
  write('export const a = Math.missing();\ndebugger')
  expect(await check()).toEqual(KINDS)
})

test('every check of a lane is made, in order, whatever came before', async () => {
  const named = (name: string) => ({ name, program: '', args: [] })
  const told: string[] = []
  const made: string[] = []
  const failed = await runChecks(
    [[named('a'), named('b')], [named('c')]],
    async ({ name }) => {
      made.push(name)
      return { ok: name === 'b', output: `what ${name} says\n` }
    },
    (line) => void told.push(line),
  )
  expect(failed).toEqual(['a', 'c'])
  expect(made.toSorted()).toEqual(['a', 'b', 'c'])
  expect(told.filter((line) => line.startsWith('what'))).toEqual(
    expect.arrayContaining(['what a says', 'what c says']),
  )
})
