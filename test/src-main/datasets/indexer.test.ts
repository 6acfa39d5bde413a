import { spawn } from 'node:child_process'
import { statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { JobEvent } from '#shared/contract/videos.ts'
import { indexDataset } from '#main/datasets/indexer.ts'
import { Store } from '#main/store/store.ts'
import { DecoderPool } from '#main/video/decoder-pool.ts'
import { writeVideo } from '#main/video/writer.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { movingSquare } from '../video/synthetic.ts'
import { smallTree } from './ucf101-tree.ts'
import { CountingProber, index, openStore, tree } from './counting-prober.ts'

const temporaryFolder = temporaryFolders()
const pool = new DecoderPool({ size: 1 })
afterAll(() => pool.close())

describe('indexing', () => {
  it('reads real videos with the decoder and gives damaged ones a row with their error', async () => {
    const folder = tree({
      'UCF-101/Archery/v_Bad_g01_c01.avi': 'this is no video',
      'ucfTrainTestlist/classInd.txt': '1 Archery\n',
      'ucfTrainTestlist/trainlist01.txt': 'Archery/v_Archery_g01_c01.avi 1\n',
      'ucfTrainTestlist/testlist01.txt': '',
    })
    const file = join(folder, 'UCF-101/Archery/v_Archery_g01_c01.avi')
    await writeVideo(file, { width: 64, height: 48, fps: 25 }, movingSquare(64, 48, 12))
    const store = openStore()
    const events = await index(store, pool, folder)
    expect(events.at(-1)).toMatchObject({ type: 'done', total: 2, errors: 1, datasetId: 1 })
    const [good, bad] = store.videos.query({}).items
    expect(good).toMatchObject({
      path: 'UCF-101/Archery/v_Archery_g01_c01.avi',
      class: 'Archery',
      split: 'train',
      frames: 12,
      fps: 25,
      width: 64,
      height: 48,
      codec: 'mpeg4',
      error: null,
    })
    expect(good.duration).toBeCloseTo(12 / 25)
    expect(good.size).toBeGreaterThan(0)
    expect(bad).toMatchObject({ frames: null, split: null, size: 16 })
    expect(bad.error).toBeTruthy()
    store.close()
  })

  it('reports warnings, then progress that never goes back, then done', async () => {
    const store = openStore()
    const folder = tree({ ...smallTree, 'ucfTrainTestlist/classInd.txt': '1 Archery\n' })
    const events = await index(store, new CountingProber(), folder)
    const indexing = events.filter((event) => event.type !== 'progress' || event.total > 0)
    const progress = indexing.filter((event) => event.type === 'progress')
    expect(indexing[0]).toEqual({
      type: 'warning',
      message: 'UCF-101/Biking: the class is not in classInd.txt',
    })
    expect(progress[0].done).toBe(0)
    expect(progress.at(-1)).toMatchObject({ done: 4, total: 4, errors: 0 })
    expect(progress.map((event) => event.done)).toEqual(
      progress.map((event) => event.done).toSorted((a, b) => a - b),
    )
    expect(store.datasets.list()).toMatchObject([
      { folder, format: 'ucf101', videos: 4, damaged: 0, classes: ['Archery', 'Biking'] },
    ])
    store.close()
  })

  it('goes on after a video that brings the decoder down', async () => {
    const store = openStore()
    const folder = tree({ ...smallTree, 'UCF-101/Biking/v_Crash_g01_c01.avi': 'x' })
    const events = await index(store, new CountingProber(), folder)
    expect(events.at(-1)).toMatchObject({ total: 5, errors: 1 })
    expect(store.videos.query({ damaged: true }).items).toMatchObject([
      { path: 'UCF-101/Biking/v_Crash_g01_c01.avi', error: 'The decoder crashed on this video.' },
    ])
    store.close()
  })

  it('reads again only what is new, changed or damaged', async () => {
    const store = openStore()
    const folder = tree({ ...smallTree, 'UCF-101/Biking/v_Bad_g01_c01.avi': 'x' })
    await index(store, new CountingProber(), folder)
    const ids = store.videos.query({}).items.map(({ id, path }) => [path, id])

    const archery = join(folder, 'UCF-101/Archery')
    utimesSync(join(archery, 'v_Archery_g01_c01.avi'), 1, 1)
    writeFileSync(join(archery, 'v_Archery_g03_c01.avi'), 'new')
    const again = new CountingProber()
    await index(store, again, join(folder, 'UCF-101'))
    expect(again.asked.toSorted()).toEqual([
      join(archery, 'v_Archery_g01_c01.avi'),
      join(archery, 'v_Archery_g03_c01.avi'),
      join(folder, 'UCF-101/Biking/v_Bad_g01_c01.avi'),
    ])
    expect(store.datasets.list()).toHaveLength(1)
    const after = new Map(store.videos.query({}).items.map(({ id, path }) => [path, id]))
    for (const [path, id] of ids) expect(after.get(String(path))).toBe(id)
    store.close()
  })

  it('follows the split lists without reading videos again', async () => {
    const store = openStore()
    const folder = tree()
    await index(store, new CountingProber(), folder)
    truncateSync(join(folder, 'ucfTrainTestlist/testlist01.txt'))
    const again = new CountingProber()
    await index(store, again, folder)
    expect(again.asked).toEqual([])
    expect(store.videos.query({}).items.map((video) => video.split)).toEqual([
      null,
      'train',
      null,
      'train',
    ])
    store.close()
  })

  it('does not read a file again whose own bytes are damaged, but counts it', async () => {
    const store = openStore()
    const folder = tree({ 'UCF-101/Archery/v_1.avi': 'no video', 'UCF-101/Archery/v_2.avi': '' })
    await index(store, pool, folder)
    const kinds = store.videos.query({}).items.map(({ errorKind }) => errorKind)
    expect(kinds).toEqual(['not-video', 'empty'])
    const again = new CountingProber()
    const events = await index(store, again, folder)
    expect(again.asked).toEqual([])
    expect(events.at(-1)).toMatchObject({ type: 'done', total: 2, errors: 2 })
    store.close()
  })

  it('decodes through, when asked to, what has not been yet', async () => {
    const store = openStore()
    const folder = tree()
    await index(store, new CountingProber(), folder)
    expect(store.videos.query({}).items.every(({ verified }) => !verified)).toBe(true)
    for (const expected of [4, 0]) {
      const prober = new CountingProber()
      const request = { store, decoder: prober, folder, format: 'ucf101', verify: true } as const
      for await (const event of indexDataset(request)) expect(event.type).not.toBe('note')
      expect(prober.asked).toHaveLength(expected)
    }
    expect(store.videos.query({}).items.every(({ verified }) => verified)).toBe(true)
    store.close()
  })

  it('keeps what it has when cancelled, leaves nothing under way, and goes on from there', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 300 }, (_, i) => [`UCF-101/Archery/v_${i}.avi`, 'a']),
    )
    const folder = tree(files)
    const store = openStore()
    const stop = new AbortController()
    const slow = new CountingProber(20)
    const events: JobEvent[] = []
    const options = { store, decoder: slow, folder, format: 'ucf101' } as const
    for await (const event of indexDataset({ ...options, signal: stop.signal })) {
      events.push(event)
      if (event.type === 'progress' && event.done >= 10) stop.abort()
    }
    expect(slow.underWay).toBe(0)
    expect(events.at(-1)).toMatchObject({ type: 'progress' })
    const kept = store.videos.count({})
    expect(kept).toBeGreaterThanOrEqual(10)
    expect(kept).toBeLessThan(300)
    expect(store.videos.count({ damaged: true })).toBe(0)

    const rest = new CountingProber()
    await index(store, rest, folder)
    expect(rest.asked).toHaveLength(300 - kept)
    expect(store.videos.count({ readable: true })).toBe(300)
    store.close()
  })

  it('loses but the last batch to kill -9, and goes on from there', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 2000 }, (_, i) => [`Archery/v_${i}.avi`, 'a']),
    )
    const folder = tree(files)
    const database = join(temporaryFolder(), 'workbench.sqlite')
    const program = join(import.meta.dirname, 'index-process.ts')
    const child = spawn(process.execPath, [program, database, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let asked = 0
    for await (const text of child.stdout.setEncoding('utf8')) {
      asked += String(text).split('\n').length - 1
      if (asked > 600) child.kill('SIGKILL')
    }
    const store = new Store(database)
    const kept = store.videos.count({})
    // 50 files wait to be written and 32 are under way.
    expect(kept).toBeGreaterThanOrEqual(asked - 82)
    expect(kept).toBeLessThan(2000)
    const rest = new CountingProber()
    const events: JobEvent[] = []
    for await (const event of indexDataset({ store, decoder: rest, folder, format: 'folder' })) {
      events.push(event)
    }
    expect(rest.asked).toHaveLength(2000 - kept)
    expect(events.at(-1)).toMatchObject({ type: 'done', total: 2000, errors: 0 })
    expect(store.videos.count({ readable: true })).toBe(2000)
    store.close()
  })

  it('reads files again whose rows are of before there were hashes', async () => {
    const store = openStore()
    const folder = tree()
    await index(store, new CountingProber(), folder)
    const old = store.videos.query({}).items[0]
    const { size, mtimeMs: modified } = statSync(join(folder, old.path))
    store.videos.write(old.datasetId, [{ ...old, size, modified }])
    const again = new CountingProber()
    await index(store, again, folder)
    expect(again.asked).toEqual([join(folder, old.path)])
    store.close()
  })

  it('stops when its reader leaves', async () => {
    const folder = tree()
    const store = openStore()
    const slow = new CountingProber(20)
    for await (const event of indexDataset({ store, decoder: slow, folder, format: 'ucf101' })) {
      if (event.type === 'progress') break
    }
    expect(slow.underWay).toBe(0)
    store.close()
  })
})
