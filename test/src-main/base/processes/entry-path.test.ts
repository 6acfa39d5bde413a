import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { entries, entryPath, outFolder, type EntryName } from '#main/base/processes/entry-path.ts'

describe('entryPath', () => {
  it.each(Object.keys(entries) as EntryName[])('finds the source of %s', (name) => {
    expect(entryPath(name)).toMatch(/src-main[\\/].+\.ts$/)
  })

  it('finds the bundle beside a bundled host, from a shared chunk too', () => {
    const out = mkdtempSync(join(tmpdir(), 'fame-entry-'))
    mkdirSync(join(out, 'main', 'chunks'), { recursive: true })
    writeFileSync(join(out, 'main', 'trainer.js'), '')
    for (const file of ['main/electron.js', 'main/chunks/workbench-1a2b.js']) {
      const { href } = pathToFileURL(join(out, file))
      expect(entryPath('trainer', href)).toBe(join(out, 'main', 'trainer.js'))
      expect(outFolder(href)).toBe(out)
    }
  })

  it('names the missing file and the remedy', () => {
    const bundled = pathToFileURL(join(tmpdir(), 'no-such-build', 'main', 'electron.js')).href
    expect(() => entryPath('decoder', bundled)).toThrow(
      /no-such-build.*decoder\.js.*npm run build/s,
    )
  })
})
