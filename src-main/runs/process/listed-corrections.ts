import type { RunCorrections } from '#shared/contract/runs.ts'
import type { Dataset, Video } from '#shared/contract/videos.ts'
import type { ClipShape } from '#shared/fame/clip-window.ts'
import { hasStartOutside } from '#shared/masks/window.ts'
import type { StoredWindow } from '../../store/masks.ts'
import type { Store } from '../../store/store.ts'
import type { ListedVideo, ListedWindow } from '../../trainer/process/messages.ts'

export interface ListedCorrectionsOptions {
  store: Store
  dataset: Dataset
  /** The clips that are drawn. */
  shape: ClipShape
  /** Keep videos of which every clip is rejected: for an evaluation, whose clips are not drawn. */
  keepAll?: boolean
}

/** Adds to listed videos what people decided about their masks, and counts it. */
export class ListedCorrections {
  readonly counts: RunCorrections = { corrected: 0, approved: 0, rejected: 0, betas: 0, leftOut: 0 }
  private readonly store: Store
  private readonly shape: ClipShape
  private readonly keepAll: boolean
  private readonly classBetas: ReadonlyMap<string, number>

  constructor({ store, dataset, shape, keepAll = false }: ListedCorrectionsOptions) {
    const { frames, stride } = shape
    this.store = store
    this.keepAll = keepAll
    this.shape = { frames, stride }
    this.classBetas = new Map(
      store.maskBetas.list().flatMap(({ of, beta }): [string, number][] => {
        return of.scope === 'class' && of.datasetId === dataset.id ? [[of.class, beta]] : []
      }),
    )
  }

  /**
   * @param videos a page of the index
   * @param listed the same videos as they are listed
   * @returns those of which a clip may be drawn, or all where so asked, with their windows
   */
  apply(videos: readonly Video[], listed: readonly ListedVideo[]): ListedVideo[] {
    const stored = Map.groupBy(
      this.store.masks.forTraining(videos.map(({ id }) => id)),
      ({ videoId }) => videoId,
    )
    return videos.flatMap((video, i) => {
      const windows = (stored.get(video.id) ?? []).flatMap(
        (window) => toListed(window, video) ?? [],
      )
      const complete = this.withBeta(video, {
        ...listed[i],
        ...(windows.length > 0 && { windows }),
      })
      if (this.hasClip(complete) || this.keepAll) {
        this.count(complete)
        return complete
      }
      this.counts.leftOut++
      return []
    })
  }

  private withBeta(video: Video, listed: ListedVideo): ListedVideo {
    const beta = this.classBetas.get(video.class ?? '')
    return beta === undefined ? listed : { ...listed, beta }
  }

  private hasClip({ frames, windows = [] }: ListedVideo): boolean {
    const rejected = windows.filter(({ state }) => state === 'rejected')
    this.counts.rejected += rejected.length
    return hasStartOutside(this.shape, rejected, frames)
  }

  private count({ beta, windows = [] }: ListedVideo): void {
    for (const { state, mask } of windows) {
      if (mask && (state === 'corrected' || state === 'approved')) this.counts[state]++
    }
    const isSet = beta !== undefined || windows.some((window) => window.beta !== undefined)
    if (isSet) this.counts.betas++
  }
}

/** What training heeds of a window; null where that is nothing. */
function toListed(stored: StoredWindow, video: Video): ListedWindow | null {
  const { start, frames, stride, state, changedAt, beta } = stored
  const window = { start, frames, stride, state, changedAt }
  if (state === 'rejected') return window
  const mask = state === 'untouched' ? null : maskOf(stored, video)
  if (beta === null && !mask) return null
  return { ...window, ...(beta !== null && { beta }), ...(mask && { mask }) }
}

function maskOf(
  { width, height, mask, byFrame }: StoredWindow,
  { rotation, mirrored }: Video,
): ListedWindow['mask'] | null {
  if (!mask || width === null || height === null) return null
  const runs = Buffer.from(mask).toString('base64')
  // Lists of upright videos without masks by frame stay equal to those of before, byte for byte.
  return {
    width,
    height,
    runs,
    ...((rotation || mirrored) && { shown: true as const }),
    ...(byFrame && { byFrame: Buffer.from(byFrame).toString('base64') }),
  }
}
