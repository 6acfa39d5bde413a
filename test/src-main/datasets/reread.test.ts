import { copyFileSync, rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, it } from 'vitest'

import { indexDataset } from '#main/datasets/indexer.ts'
import { rereadOutdated } from '#main/datasets/reread.ts'
import { Store } from '#main/store/store.ts'
import { DecoderPool } from '#main/video/decoder-pool.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { fixture } from '../video/fixtures.ts'

const temporaryFolder = temporaryFolders()
const pool = new DecoderPool({ size: 1 })
afterAll(() => pool.close())

const FILES = {
  'cover.mp4': 'audio_with_cover.mp4',
  'gone.mp4': 'turned/rot90.mp4',
  'green.mp4': 'colours/bt709_green.mp4',
  'touched.mp4': 'turned/rot90.mp4',
  'turned.mp4': 'turned/rot90.mp4',
}

/** A project in which rows say what version 0.1.0 would have said of the files. */
async function oldProject() {
  const folder = temporaryFolder()
  for (const [name, from] of Object.entries(FILES)) copyFileSync(fixture(from), join(folder, name))
  const file = join(temporaryFolder(), 'workbench.sqlite')
  const store = new Store(file)
  const options = { store, decoder: pool, folder, format: 'folder' } as const
  for await (const event of indexDataset(options)) void event
  const db = new Database(file)
  db.exec('DROP TRIGGER turn_masks')
  db.exec(`UPDATE videos SET reading = 1, error = NULL, error_kind = NULL, frames = 50, width = 96,
    height = 64, rotation = 0, mirrored = NULL, colours = NULL, verified = 1`)
  db.close()
  store.close()
  return { folder, file }
}

describe('videos that were read by older rules', () => {
  it('are read again where their files are as they were', async () => {
    const { folder, file } = await oldProject()
    rmSync(join(folder, 'gone.mp4'))
    utimesSync(join(folder, 'touched.mp4'), 1, 1)
    const store = new Store(file)
    const decoder = () => pool
    const { signal } = new AbortController()
    expect(await rereadOutdated({ store, decoder, signal })).toBe(3)
    const old = { width: 96, height: 64, rotation: 0, colours: null, error: null }
    expect(store.videos.query({}).items).toMatchObject([
      { path: 'cover.mp4', errorKind: 'no-video-stream', frames: null },
      { path: 'gone.mp4', ...old },
      { path: 'green.mp4', colours: 'BT.709, limited range', frames: 5, verified: true },
      { path: 'touched.mp4', ...old },
      { path: 'turned.mp4', width: 64, height: 96, rotation: 270, mirrored: false, verified: true },
    ])
    // Rows are numbered as the probes of the first indexing end.
    const left = store.videos.outdated(0, 10).map(({ path }) => path)
    expect(left.sort()).toEqual(['gone.mp4', 'touched.mp4'])
    store.close()
  })

  it('are left alone when the project is closed', async () => {
    const { file } = await oldProject()
    const store = new Store(file)
    const signal = AbortSignal.abort()
    expect(await rereadOutdated({ store, decoder: () => pool, signal })).toBe(0)
    expect(store.videos.outdated(0, 10)).toHaveLength(5)
    store.close()
  })
})
