import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { entries, entryPath, type EntryName } from '#main/entry-path.ts'

describe('entryPath', () => {
  it.each(Object.keys(entries) as EntryName[])('finds the source of %s', (name) => {
    expect(entryPath(name)).toMatch(/src-main[\\/].+\.ts$/)
  })

  it('finds the bundle beside a bundled host, from a shared chunk too', () => {
    const out = mkdtempSync(join(tmpdir(), 'fame-entry-'))
    mkdirSync(join(out, 'chunks'))
    writeFileSync(join(out, 'trainer.js'), '')
    for (const file of ['electron.js', 'chunks/workbench-1a2b.js']) {
      expect(entryPath('trainer', pathToFileURL(join(out, file)).href)).toBe(
        join(out, 'trainer.js'),
      )
    }
  })

  it('names the missing file and the remedy', () => {
    const bundled = pathToFileURL(join(tmpdir(), 'no-such-build', 'electron.js')).href
    expect(() => entryPath('decoder', bundled)).toThrow(
      /no-such-build.*decoder\.js.*npm run build/s,
    )
  })
})
