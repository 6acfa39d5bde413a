import { Rng } from '#shared/random/rng.ts'
import type { Store } from '#main/store/store.ts'
import type { IndexedVideo } from '#main/store/video-rows.ts'

/** A row as indexing writes it, for a file of a class folder. */
export function indexedVideo(path: string, values: Partial<IndexedVideo> = {}): IndexedVideo {
  return {
    path,
    class: path.split('/')[0],
    split: 'train',
    frames: 64,
    fps: 25,
    width: 128,
    height: 96,
    duration: 2.56,
    size: 1000,
    codec: 'mpeg4',
    error: null,
    modified: 1,
    ...values,
  }
}

const verbs = ['Apply', 'Throw', 'Ride', 'Play', 'Jump', 'Paint', 'Wash', 'Catch', 'Brush', 'Climb']
const things = [
  'Makeup',
  'Discus',
  'Horse',
  'Cello',
  'Rope',
  'Wall',
  'Dishes',
  'Ball',
  'Hair',
  'Tree',
]

/** Fills a data set with `count` rows, the same ones each time; returns its id. */
export function seedVideos(store: Store, count: number, folder = '/videos'): number {
  const datasetId = store.datasets.ensure({ name: folder.slice(1), format: 'ucf101', folder })
  const rng = new Rng(7)
  const rows = Array.from({ length: count }, (_, i) => {
    const name = verbs[rng.int(verbs.length)] + things[rng.int(things.length)]
    const frames = 30 + rng.int(270) + (rng.int(100) === 0 ? rng.int(4000) : 0)
    const values: Partial<IndexedVideo> = {
      split: rng.int(4) === 0 ? 'test' : 'train',
      frames,
      duration: frames / 25,
      size: frames * 4000 + rng.int(100_000),
      modified: 1_600_000_000_000 + rng.int(1_000_000) * 1000,
    }
    const damage = { error: 'Truncated. Fetch the file again.', frames: null, duration: null }
    if (rng.int(200) === 0) Object.assign(values, damage)
    return indexedVideo(`${name}/v_${name}_g${i % 25}_c${String(i).padStart(6, '0')}.avi`, values)
  })
  for (let at = 0; at < count; at += 1000) store.videos.write(datasetId, rows.slice(at, at + 1000))
  return datasetId
}
