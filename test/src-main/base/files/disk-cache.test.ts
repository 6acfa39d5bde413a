import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DiskCache, listCached, surplus } from '../../../../src-main/base/files/disk-cache.ts'

describe('files that must go', () => {
  const files = [
    { name: 'new', size: 40, used: 3 },
    { name: 'oldest', size: 30, used: 1 },
    { name: 'old', size: 30, used: 2 },
  ]
  const names = (limit: number, mayGo?: (file: { name: string }) => boolean): string[] =>
    surplus(files, limit, mayGo).map(({ name }) => name)

  test('are those used longest ago, no more than needed', () => {
    expect(names(100)).toEqual([])
    expect(names(99)).toEqual(['oldest'])
    expect(names(70)).toEqual(['oldest'])
    expect(names(69)).toEqual(['oldest', 'old'])
    expect(names(0)).toEqual(['oldest', 'old', 'new'])
  })

  test('are never those that may not go, which count all the same', () => {
    expect(names(70, ({ name }) => name !== 'oldest')).toEqual(['old'])
    expect(names(10, ({ name }) => name === 'new')).toEqual(['new'])
  })
})

describe('a cache on disk', () => {
  let folder: string
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'fame-cache-'))))
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  test('makes room by the order of last use, across processes', async () => {
    const first = new DiskCache(folder, 100)
    for (const name of ['a', 'b/c', 'd']) await first.put(name, new Uint8Array(30))
    ;['a', 'b/c', 'd'].forEach((name, i) => utimesSync(join(folder, name), 1000 + i, 1000 + i))
    const second = new DiskCache(folder, 100)
    expect(await second.get('a')).toHaveLength(30)
    await second.put('e', new Uint8Array(30))
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual(['a', 'b', 'd', 'e'])
    expect(await second.get('b/c')).toBeNull()
  })

  test('counts what others put into a folder that is shared', async () => {
    const mine = new DiskCache(folder, 100, { shared: true })
    await mine.put('a', new Uint8Array(10))
    const others = new DiskCache(folder, 1000)
    for (const name of ['b', 'c', 'd']) await others.put(name, new Uint8Array(30))
    ;['a', 'b', 'c', 'd'].forEach((name, i) => utimesSync(join(folder, name), 1000 + i, 1000 + i))
    await mine.put('e', new Uint8Array(10))
    expect(readdirSync(folder).sort()).toEqual(['c', 'd', 'e'])
  })

  test('lists nothing where there is no folder, and files alone', () => {
    expect(listCached(join(folder, 'no'))).toEqual([])
    mkdirSync(join(folder, 'b'))
    writeFileSync(join(folder, 'b', 'c'), 'abc')
    expect(listCached(folder)).toMatchObject([{ path: join(folder, 'b', 'c'), size: 3 }])
  })

  test('does without what the disk refuses', async () => {
    writeFileSync(join(folder, 'taken'), '')
    const cache = new DiskCache(join(folder, 'taken'), 100)
    await cache.put('a', new Uint8Array(1))
    expect(await cache.get('a')).toBeNull()
  })
})
