import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  PartFile,
  writeAtomic,
  writeAtomicSync,
  type Flush,
} from '../../../../src-main/base/files/atomic-write.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'fame-atomic-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const flushes: Flush[] = ['none', 'content', 'name', 'all']

describe.each(flushes)('writing with flush %s', (flush) => {
  test('replaces the file and leaves nothing beside it', async () => {
    const file = join(folder, 'a.json')
    await writeAtomic(file, 'first', { flush })
    await writeAtomic(file, new Uint8Array([104, 105]), { flush })
    expect(readFileSync(file, 'utf8')).toBe('hi')
    writeAtomicSync(file, 'third', { flush })
    expect(readFileSync(file, 'utf8')).toBe('third')
    expect(readdirSync(folder)).toEqual(['a.json'])
  })

  test('a write that fails leaves the old file and no part', async () => {
    // A folder that is not empty cannot be replaced by a file.
    const taken = join(folder, 'taken')
    mkdirSync(taken)
    writeFileSync(join(taken, 'old'), 'old')
    await expect(writeAtomic(taken, 'new', { flush })).rejects.toThrow(/EISDIR|ENOTEMPTY|EPERM/)
    expect(() => writeAtomicSync(taken, 'new', { flush })).toThrow(/EISDIR|ENOTEMPTY|EPERM/)
    expect(readdirSync(folder)).toEqual(['taken'])
    expect(readFileSync(join(taken, 'old'), 'utf8')).toBe('old')
  })
})

test('a folder that is not there is an error', async () => {
  const file = join(folder, 'no', 'a')
  await expect(writeAtomic(file, '', { flush: 'none' })).rejects.toThrow('ENOENT')
})

test('the file keeps its old content until the part is kept', async () => {
  const file = join(folder, 'a')
  writeFileSync(file, 'old')
  const part = new PartFile(file)
  writeFileSync(part.path, 'new')
  expect(readFileSync(file, 'utf8')).toBe('old')
  await part.keep('all')
  expect(readFileSync(file, 'utf8')).toBe('new')
})

test('what a crash has left is overwritten', () => {
  const file = join(folder, 'a')
  writeFileSync(new PartFile(file).path, 'half of a file that was longer')
  writeAtomicSync(file, 'whole', { flush: 'none' })
  expect(readFileSync(file, 'utf8')).toBe('whole')
  expect(readdirSync(folder)).toEqual(['a'])
})

test('a part that is dropped leaves the old file', async () => {
  const file = join(folder, 'a')
  writeFileSync(file, 'old')
  const part = new PartFile(file, join(folder, '.hidden'))
  writeFileSync(part.path, 'new')
  await part.drop()
  part.dropSync()
  expect(readdirSync(folder)).toEqual(['a'])
})
