import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { contentHash } from '#main/video/content-hash.ts'
import type { Probed, Prober } from '#main/datasets/index-pass.ts'
import { indexDataset } from '#main/datasets/indexer.ts'
import { Store } from '#main/store/store.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { smallTree, writeTree } from './ucf101-tree.ts'

const temporaryFolder = temporaryFolders()

/** Remembers what it was asked. */
class CountingProber implements Prober {
  readonly asked: string[] = []

  async probe(path: string, { verify }: { verify: boolean }): Promise<Probed> {
    this.asked.push(path)
    const hash = contentHash(path, readFileSync(path).length)
    const size = { width: 128, height: 96, duration: 2.56 }
    return { ...size, frames: 64, fps: 25, codec: 'mpeg4', error: null, hash, verified: verify }
  }
}

it('reads again what was read by older rules, and remembers what was decoded through', async () => {
  const file = join(temporaryFolder(), 'workbench.sqlite')
  const folder = temporaryFolder()
  writeTree(folder, smallTree)
  const store = new Store(file)
  const index = async (decoder: Prober, verify: boolean): Promise<void> => {
    const options = { store, decoder, folder, format: 'ucf101', verify } as const
    for await (const event of indexDataset(options)) void event
  }
  await index(new CountingProber(), true)
  const db = new Database(file)
  db.exec(`UPDATE videos SET reading = 1 WHERE path LIKE '%/Biking/%'`)
  db.close()

  const again = new CountingProber()
  await index(again, false)
  const old = store.videos.query({ search: '/Biking/' }).items
  expect(again.asked.toSorted()).toEqual(old.map(({ path }) => join(folder, path)))
  expect(old.length).toBeGreaterThan(0)
  expect(store.videos.query({}).items.every(({ verified }) => verified)).toBe(true)
  const once = new CountingProber()
  await index(once, false)
  expect(once.asked).toEqual([])
  store.close()
})
