import type { PartialResult } from '#shared/contract/evaluations.ts'
import { groupedInterval } from '#shared/metrics/spread.ts'
import type { TrackedVideoRow, TrackingArtefact } from '#shared/tasks/tracking/artefact.ts'
import { CELL_STRIDE } from '#shared/tracking/protocols.ts'
import { summarise, type TrackSummary } from '#shared/tracking/track-score.ts'
import type { EvaluationContext, Outcome, Runner } from '../evaluation/context.ts'
import { inOrder } from '../evaluation/in-order.ts'
import { placesInTurn } from '../evaluation/pictures.ts'
import { pathIn } from '../evaluation/true-masks.ts'
import type { PlannedPhase } from '../evaluation/work-plan.ts'
import { ThreadPool } from '../loader/thread-pool.ts'
import { findTruth } from '../loader/tracking/object-truth.ts'
import { objectsIn, TrackCollector } from '../loader/tracking/track-collector.ts'
import type { TrackedVideo, TrackTask } from '../loader/tracking/track-video.ts'
import type { TrainerVideo } from '../process/messages.ts'
import { trackByEncoder } from './tracking/encoder-track.ts'
import { writeTrackPictures } from './tracking/track-pictures.ts'

const TRACKING = 'Tracking objects'
/** Videos of which pictures are kept. */
const PICTURED = 32
/** Videos that are read ahead of the encoder; each takes 75 MB as DAVIS has them, 1 GB at most. */
const AHEAD = 2

/** Objects of a first frame followed by features, and by trackers that no network takes part in. */
export const tracking: Runner = { isFrozen: true, plan, run }

function plan(context: EvaluationContext): PlannedPhase[] {
  return [{ name: TRACKING, work: framesOf(context, chosenVideos(context)) }]
}

/** In the order of their names, so that every encoder has the same ones. */
function chosenVideos({ job, videos }: EvaluationContext): TrainerVideo[] {
  const all = [...videos.test].sort((a, b) => (a.path < b.path ? -1 : 1))
  const places = placesInTurn(
    all.map(({ label }) => label),
    job.settings.videos,
  )
  return places.map((place) => all[place])
}

function framesOf({ job }: EvaluationContext, videos: readonly TrainerVideo[]): number {
  const { trackedFrames } = job.settings
  return videos.reduce((sum, { frames }) => sum + Math.min(frames, trackedFrames), 0)
}

/** @returns null when asked to stop */
async function run(context: EvaluationContext): Promise<Outcome | null> {
  const { job } = context
  const chosen = chosenVideos(context)
  const rows = new TrackRows(context, chosen.length)
  const reporter = context.phase(TRACKING, 'frames', framesOf(context, chosen))
  let place = 0
  let done = 0
  for await (const tracked of readVideos(context, chosen)) {
    const video = chosen[place]
    const onFrame = (): Promise<boolean> => {
      reporter.advance(++done)
      return context.breathe()
    }
    if (!(await rows.add(video, place, tracked, onFrame))) return null
    done = framesOf(context, chosen.slice(0, ++place))
    reporter.advance(done)
    context.partial(() => rows.partial())
  }
  reporter.flush()
  if (rows.videos.length === 0) {
    throw new Error(
      `No test video has true objects to follow (${rows.firstReason}). Index a data set in DAVIS's ` +
        'layout, or one with true masks beside its videos, such as the sample set.',
    )
  }
  context.artefact(job.protocol, rows.artefact())
  return {
    scores: rows.scores(),
    intervals: rows.intervals(),
    detail: null,
    trainVideos: 0,
    testVideos: rows.videos.length,
  }
}

/** Each video with its objects, or why there are none. */
async function* readVideos(
  { job }: EvaluationContext,
  videos: readonly TrainerVideo[],
): AsyncGenerator<TrackedVideo | Error> {
  const { frameSize: size, trackedFrames: frames } = job.settings
  const threads = Math.min(AHEAD, job.config.loaderThreads)
  const pool = new ThreadPool<TrackTask, TrackedVideo>({
    name: 'prepareTracks',
    threads,
    videos: [],
  })
  const read = async (video: TrainerVideo): Promise<TrackedVideo> => {
    const truth = await findTruth(job.test.root, pathIn(job.test, video))
    if (truth === null) throw new Error('it has no true objects')
    return await pool.run({ video, truth, size, frames, stride: CELL_STRIDE })
  }
  try {
    yield* inOrder(videos, AHEAD, read)
  } finally {
    await pool.close()
  }
}

/** What is found, video by video. */
class TrackRows {
  readonly videos: TrackedVideoRow[] = []
  /** Why the first video that is left out is. */
  firstReason = 'there are no test videos'
  private readonly context: EvaluationContext
  private readonly total: number
  private reasons = 0
  private grid: [number, number] = [0, 0]

  constructor(context: EvaluationContext, total: number) {
    this.context = context
    this.total = total
  }

  /** @returns false when asked to stop */
  async add(
    video: TrainerVideo,
    place: number,
    tracked: TrackedVideo | Error,
    onFrame: () => Promise<boolean>,
  ): Promise<boolean> {
    const { job } = this.context
    const path = pathIn(job.test, video)
    if (tracked instanceof Error) {
      if (this.reasons++ === 0) this.firstReason = `${path}: ${tracked.message}`
      this.context.warn(`${path} is left out: ${tracked.message}`)
      return true
    }
    const collector = new TrackCollector({ ...tracked, apart: true })
    const grid = await trackByEncoder(this.context, tracked.sequence, async (t, labels) => {
      collector.add(t, labels)
      return onFrame()
    })
    if (!grid) return false
    if (this.videos.length === 0) this.grid = [grid.height, grid.width]
    const { frames } = tracked.sequence
    const tracks = { encoder: collector.track, ...tracked.tracks }
    this.videos.push({
      videoId: video.id ?? 0,
      path,
      frames,
      objects: objectsIn(tracked.truth),
      tracks: Object.fromEntries(
        Object.entries(tracks).map(([name, { objects }]) => [name, objects]),
      ),
      ...(this.isPictured(place) && {
        pictures: await writeTrackPictures(job.outputs, place, tracked, tracks),
      }),
    })
    return true
  }

  /** Of the encoder, over all objects of all videos. */
  scores(): Record<string, number> {
    const summary = summarise(this.videos.flatMap(({ tracks }) => tracks.encoder ?? []))
    return summary ? scoresOf(summary) : {}
  }

  /** 95 % intervals over the videos, whose objects are not independent. */
  intervals(): Record<string, [number, number]> {
    const byVideo = this.videos.map(({ tracks }) =>
      (tracks.encoder ?? []).map((object) => scoresOf(summarise([object])!)),
    )
    return Object.fromEntries(
      ['J&F', 'J', 'F', 'recall'].flatMap((name): [string, [number, number]][] => {
        const interval = groupedInterval(byVideo.map((all) => all.map((scores) => scores[name])))
        return interval ? [[name, interval]] : []
      }),
    )
  }

  partial(): PartialResult {
    const done = this.videos.length
    const [scores, intervals] = [this.scores(), this.intervals()]
    return { done, total: this.total, scores, intervals, confusion: [] }
  }

  artefact(): TrackingArtefact {
    return { kind: 'tracking', grid: this.grid, videos: this.videos }
  }

  private isPictured(place: number): boolean {
    const every = Math.max(1, this.total / PICTURED)
    return Math.floor(place / every) !== Math.floor((place - 1) / every)
  }
}

function scoresOf({ both, j, f }: TrackSummary): Record<string, number> {
  return { 'J&F': both, J: j.mean, F: f.mean, recall: j.recall, decay: j.decay }
}
