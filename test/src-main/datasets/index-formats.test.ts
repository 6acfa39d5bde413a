import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { jobEventSchema, type JobEvent } from '#shared/contract/videos.ts'
import type { Prober } from '#main/datasets/index-pass.ts'
import { indexDataset, type IndexOptions } from '#main/datasets/indexer.ts'
import { Store } from '#main/store/store.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { smallTree, writeTree } from './ucf101-tree.ts'

const temporaryFolder = temporaryFolders()

/** Finds every file whole, by its name alone. */
const prober: Prober = {
  probe: (path) =>
    Promise.resolve({
      frames: 64,
      fps: 25,
      width: 128,
      height: 96,
      duration: 2.56,
      codec: 'mpeg4',
      error: null,
      hash: path,
    }),
}

async function index(
  store: Store,
  request: Omit<IndexOptions, 'store' | 'decoder'>,
): Promise<JobEvent[]> {
  const events: JobEvent[] = []
  for await (const event of indexDataset({ ...request, store, decoder: prober })) {
    events.push(jobEventSchema.parse(event))
  }
  return events
}

describe('indexing without a format', () => {
  it('says what was recognised, then warns, and counts the warnings at the end', async () => {
    const folder = temporaryFolder()
    writeTree(folder, {
      ...smallTree,
      'ucfTrainTestlist/testlist01.txt':
        'Archery/v_Archery_g01_c01.avi\r\nBiking/v_gone.avi\r\n?\r\n',
    })
    const store = new Store(join(temporaryFolder(), 'workbench.sqlite'))
    const events = await index(store, { folder })
    expect(events.flatMap((event) => ('message' in event ? event.message : []))).toEqual([
      'Recognised UCF101: it has the folder UCF-101.',
      "ucfTrainTestlist/testlist01.txt:3: expected '<Class>/v_*.avi', got '?'",
      'ucfTrainTestlist/testlist01.txt:2: Biking/v_gone.avi is not on disk',
      'UCF-101: videos that are in no list: 1, such as UCF-101/Biking/v_Biking_g01_c01.avi',
    ])
    expect(events.at(-1)).toMatchObject({
      type: 'done',
      total: 4,
      format: 'ucf101',
      warnings: { malformed: 1, missing: 1, unlisted: 1 },
    })
    store.close()
  })

  it('reads lists beside whatever else is done, says so, and can be cancelled meanwhile', async () => {
    const store = new Store(join(temporaryFolder(), 'workbench.sqlite'))
    const line = (i: number): string => `label,${String(i).padStart(11, '-')},0,10,train\n`
    const lines = Array.from({ length: 150_000 }, (_, i) => line(i)).join('')
    const folder = temporaryFolder()
    writeTree(folder, {
      'label/----------0_000000_000010.mp4': '',
      'train.csv': `label,youtube_id,time_start,time_end,split\n${lines}`,
    })
    const stop = new AbortController()
    const events: JobEvent[] = []
    const options = { store, decoder: prober, folder, format: 'kinetics' } as const
    for await (const event of indexDataset({ ...options, signal: stop.signal })) {
      events.push(event)
      stop.abort()
    }
    // On a loaded machine a second sign of life may be on its way before the first is taken.
    expect(events.length).toBeGreaterThan(0)
    for (const event of events) {
      expect(event).toMatchObject({ type: 'progress', phase: 'Reading folders and lists' })
    }
    expect(store.datasets.list()).toEqual([])
    store.close()
  })

  it('keeps which split and which lists the videos are placed by', async () => {
    const folder = temporaryFolder()
    writeTree(folder, {
      'videos/pick/a.avi': '',
      'lists/pick_test_split1.txt': 'a.avi 1 \n',
      'lists/pick_test_split2.txt': 'a.avi 2 \n',
    })
    const store = new Store(join(temporaryFolder(), 'workbench.sqlite'))
    const annotations = join(folder, 'lists')
    const stored = () => ({
      ...store.datasets.get(1),
      split: store.videos.query({}).items[0].split,
    })
    await index(store, { folder, annotations, splitList: 2 })
    expect(stored()).toMatchObject({ format: 'hmdb51', annotations, splitList: 2, split: 'test' })

    store.datasets.move(1, '/elsewhere/set')
    expect(store.datasets.get(1)).toMatchObject({
      folder: '/elsewhere/set',
      annotations: '/elsewhere/set/lists',
    })
    store.datasets.move(1, folder)
    await index(store, { folder, format: 'hmdb51', annotations })
    expect(stored()).toMatchObject({ annotations, splitList: 1, split: 'train' })
    expect(store.datasets.list()).toHaveLength(1)
    store.close()
  })
})
