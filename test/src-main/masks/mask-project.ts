import { join } from 'node:path'
import type {
  ImportEvent,
  ImportMasks,
  ImportRow,
  ExportMasks,
} from '#shared/contract/mask-files.ts'
import type { ClipWindow, MaskBase } from '#shared/contract/mask-windows.ts'
import { encodeRuns } from '#shared/masks/runs.ts'
import { Rng } from '#shared/random/rng.ts'
import { exportMasks } from '#main/masks/export.ts'
import { importMasks, type ImportContext } from '#main/masks/import.ts'
import { undoBulk } from '#main/masks/decide-many.ts'
import { Store } from '#main/store/store.ts'
import { indexedVideo } from '../library/seeded-store.ts'

export const SIZE = { width: 12, height: 7 }
const PIXELS = SIZE.width * SIZE.height

/** A project with a data set of videos of 64 frames, `SIZE` in size. */
export function projectOf(folder: string, paths: readonly string[], name = 'set') {
  const store = new Store(join(folder, `${name}.sqlite`))
  addVideos(store, name, paths)
  return store
}

export function addVideos(store: Store, name: string, paths: readonly string[]): number {
  const datasetId = store.datasets.ensure({ name, format: 'folder', folder: `/videos/${name}` })
  const rows = paths.map((path) => indexedVideo(path, SIZE))
  store.videos.write(datasetId, rows)
  return datasetId
}

export function videoId(store: Store, path: string): number {
  return store.maskTransfer.videosAt(path)[0].id
}

export function randomRuns(rng: Rng): number[] {
  return encodeRuns(Uint8Array.from({ length: PIXELS }, () => Number(rng.uniform() < 0.4)))
}

/** Gives each video a corrected window, a rejected one without a mask, and an approved one. */
export function correct(store: Store, rng: Rng): ClipWindow[] {
  const windows: ClipWindow[] = []
  for (const page of store.videos.pages({})) {
    for (const { id } of page) {
      const base = baseOf(randomRuns(rng))
      const clip = (start: number) => ({ videoId: id, start, frames: 8, stride: 2 })
      store.masks.edit(
        { window: clip(0), revision: 0, label: 'brush', change: randomRuns(rng), base },
        'Ada',
      )
      const options = { author: 'Berta', label: 'decide' }
      store.masks.decide([{ window: clip(0) }], { notes: 'hand "missing" 🙂', beta: 0.3 }, options)
      store.masks.decide([{ window: clip(20) }], { state: 'rejected' }, options)
      store.masks.decide([{ window: clip(30), base }], { state: 'approved' }, options)
      windows.push(clip(0), clip(20), clip(30))
    }
  }
  return windows
}

export function baseOf(fame: number[]): MaskBase {
  const origin = { beta: 0.4, variant: 'seed', adaptive: true, compensate: true, size: 96 } as const
  return { origin, ...SIZE, fame }
}

/** What a window is, but for its numbers and its time. */
export function contentOf(store: Store, window: ClipWindow) {
  const open = store.masks.open(window)
  if (!open) return null
  const { fame, mask, window: fields } = open
  return { ...fields, id: null, changedAt: null, fame, mask }
}

export async function exported(store: Store, request: ExportMasks) {
  for await (const event of exportMasks(request, store)) if (event.type === 'done') return event
  throw new Error('The export did not end.')
}

export interface Imported {
  rows: ImportRow[]
  done: Extract<ImportEvent, { type: 'done' }>
}

/** Imports as Clara. FAME's masks are stand-ins: decoding is not what is tested here. */
export async function imported(
  store: Store,
  request: ImportMasks,
  context: Partial<ImportContext> = {},
): Promise<Imported> {
  const complete = { format: 'auto', mode: 'check', unite: false, ...request } as const
  const rows: ImportRow[] = []
  const fameMask = (_: ClipWindow, origin: MaskBase['origin']) =>
    Promise.resolve({ ...baseOf([40, 4, 40]), origin })
  for await (const event of importMasks(complete, {
    store,
    author: 'Clara',
    fameMask,
    ...context,
  })) {
    if (event.type === 'rows') rows.push(...event.rows)
    if (event.type === 'done') return { rows, done: event }
  }
  throw new Error('The import did not end.')
}

export function undoImport(store: Store) {
  return undoBulk(store, 'Clara')
}

export { Rng }
