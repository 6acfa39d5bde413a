import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeTree } from './ucf101-tree.ts'
import { CountingProber, index, openStore, tree } from './counting-prober.ts'

describe('a file that is not where it was', () => {
  it('keeps the row of a file that is gone, and reads it again when it is back', async () => {
    const store = openStore()
    const folder = tree()
    const path = 'UCF-101/Biking/v_Biking_g01_c01.avi'
    await index(store, new CountingProber(), folder)
    const [{ id }] = store.videos.query({ search: path }).items
    rmSync(join(folder, path))
    await index(store, new CountingProber(), folder)
    expect(store.videos.get(id).error).toContain('The file no longer exists')
    writeTree(folder, { [path]: 'c' })
    await index(store, new CountingProber(), folder)
    expect(store.videos.get(id)).toMatchObject({ path, error: null, frames: 64 })
    store.close()
  })

  it('calls no file gone whose folder cannot be read', async () => {
    const store = openStore()
    const folder = tree()
    const classFolder = join(folder, 'UCF-101/Biking')
    await index(store, new CountingProber(), folder)
    rmSync(classFolder, { recursive: true })
    symlinkSync('Biking', classFolder) // A circle: a folder that fails for root, too.
    const events = await index(store, new CountingProber(), folder)
    const told = events.flatMap((event) => (event.type === 'warning' ? event.message : []))
    expect(told).toContainEqual(expect.stringMatching(/UCF-101\/Biking: .*cannot be read/))
    expect(store.videos.query({ class: 'Biking' }).items.map(({ error }) => error)).toEqual([
      null,
      null,
    ])
    store.close()
  })

  it('keeps the row of a file that moved, whatever its new name and class', async () => {
    const store = openStore()
    const folder = tree()
    await index(store, new CountingProber(), folder)
    const before = new Map(store.videos.query({}).items.map(({ id, path }) => [path, id]))
    const [from, to] = ['Biking/v_Biking_g02_c01.avi', 'Cycling/v_Cycling_g07_c01.avi']
    mkdirSync(join(folder, 'UCF-101/Cycling'))
    renameSync(join(folder, 'UCF-101', from), join(folder, 'UCF-101', to))
    await index(store, new CountingProber(), folder)
    const id = before.get(`UCF-101/${from}`)!
    expect(store.videos.get(id)).toMatchObject({
      path: `UCF-101/${to}`,
      class: 'Cycling',
      error: null,
    })
    expect(store.videos.count({})).toBe(4)
    store.close()
  })

  it('keeps the row of a file that was gone for a while and came back elsewhere', async () => {
    const store = openStore()
    const folder = tree()
    const [from, to] = ['v_Biking_g01_c01.avi', 'v_Biking_g09_c01.avi'].map((name) =>
      join(folder, 'UCF-101/Biking', name),
    )
    await index(store, new CountingProber(), folder)
    const [{ id }] = store.videos.query({ search: 'v_Biking_g01' }).items
    rmSync(from)
    await index(store, new CountingProber(), folder)
    expect(store.videos.get(id).errorKind).toBe('vanished')
    writeFileSync(to, 'c')
    await index(store, new CountingProber(), folder)
    expect(store.videos.get(id)).toMatchObject({ error: null, errorKind: null, frames: 64 })
    expect(store.videos.get(id).path).toBe('UCF-101/Biking/v_Biking_g09_c01.avi')
    store.close()
  })

  it('gives copies rows of their own, and a moved copy the row of its name', async () => {
    const store = openStore()
    const folder = tree({
      'UCF-101/Archery/v_1.avi': 'same',
      'UCF-101/Archery/v_2.avi': 'same',
      'UCF-101/Archery/v_3.avi': 'same',
    })
    await index(store, new CountingProber(), folder)
    const before = new Map(store.videos.query({}).items.map(({ id, path }) => [path, id]))
    expect(before.size).toBe(3)
    renameSync(join(folder, 'UCF-101/Archery'), join(folder, 'UCF-101/Bows'))
    await index(store, new CountingProber(), folder)
    const after = store.videos.query({}).items
    expect(after.map(({ path }) => path)).toEqual(
      [1, 2, 3].map((number) => `UCF-101/Bows/v_${number}.avi`),
    )
    for (const { id, path } of after) expect(id).toBe(before.get(path.replace('Bows', 'Archery')))
    store.close()
  })
})
