import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '../../../src-main')
const sources = globSync('**/*.ts', { cwd: root })
  .filter((file) => !file.includes('store/schema/'))
  .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }))

/** Names of statements that write and give rows back: what a text with RETURNING is assigned to. */
function writingStatements(text: string): string[] {
  return [...text.matchAll(/\bRETURNING\b/g)].flatMap(({ index }) => {
    const before = text.slice(0, index)
    if (/(?:\/\/|\*)[^\n]*$/.test(before)) return []
    return [...before.matchAll(/(\w+) = [^=]*?\bdb\s*\.prepare\b/g)].at(-1)?.[1] ?? '?'
  })
}

it('no statement that writes is run by get, which does not wait for its commit', () => {
  const names = new Set(sources.flatMap(({ text }) => writingStatements(text)))
  // The statements that there were when this was written: the search must go on finding them.
  for (const name of ['insert', 'upsert', 'ensureTag', 'insertEdit', 'setFields']) {
    expect([...names]).toContain(name)
  }
  expect([...names]).not.toContain('?')
  const byGet = new RegExp(`\\b(?:${[...names].join('|')})(?:\\.pluck\\(\\))?\\s*\\.get\\(`)
  const found = sources.filter(({ text }) => byGet.test(text)).map(({ file }) => file)
  expect(found).toEqual([])
})
