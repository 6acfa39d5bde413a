import type { PartialResult } from '#shared/contract/evaluations.ts'
import { meanInterval, spreadOf, wilson } from '#shared/metrics/spread.ts'
import type { ActivationArtefact } from '#shared/tasks/activation/artefact.ts'
import type { MaskSources } from '#shared/tasks/artefact.ts'
import type { MaskedTask } from '../loader/explain/explain-tasks.ts'
import type { MaskedClip } from '../loader/explain/masked-clips.ts'
import { ThreadPool } from '../loader/thread-pool.ts'
import type { PlannedPhase } from '../evaluation/work-plan.ts'
import type { EvaluationContext, Outcome, Runner } from '../evaluation/context.ts'
import { StreamMaps, type Row } from './activation/stream-maps.ts'
import { inOrder } from '../evaluation/in-order.ts'
import { placesInTurn } from '../evaluation/pictures.ts'
import { withTrueMasks } from '../evaluation/true-masks.ts'

type Score = 'inside' | 'area' | 'peak'

/** Videos of which pictures are kept. */
const PICTURED = 24
const MAPPING = 'Mapping activation'
/** Videos that are decoded ahead of the encoder. */
const AHEAD = 6

export const activation: Runner = { isFrozen: true, plan, run }

function plan({ job, videos, streams }: EvaluationContext): PlannedPhase[] {
  const work = streams.length * Math.min(job.settings.videos, videos.test.length)
  return [{ name: MAPPING, work }]
}

/**
 * Class-agnostic activation maps of the clip in the middle of some test videos, the same ones for
 * every encoder, each from 0 at its least value to 1 at its largest. `inside` is the share of a map
 * that lies in the foreground (the energy-based pointing game of Wang et al., Score-CAM, CVPRW 2020),
 * `area` what an even map would have there, `peak` how often the largest activation lies in the
 * foreground (the pointing game of Zhang et al., ECCV 2016). Two streams look at the colours and the flow of
 * the same clip; each has maps of its own, and scores are the means of theirs.
 * @returns null when asked to stop
 */
async function run(context: EvaluationContext): Promise<Outcome | null> {
  const { job, videos } = context
  const places = placesInTurn(
    videos.test.map(({ label }) => label),
    job.settings.videos,
  )
  const maps = new ActivationMaps(context, places)
  const reporter = context.phase(MAPPING, 'videos', places.length)
  let done = 0
  for await (const clip of maskedClips(context, places)) {
    await maps.add(places[done++], clip)
    context.partial(() => maps.partial())
    reporter.advance(done)
    if (!(await context.breathe())) return null
  }
  reporter.flush()
  if (maps.count === 0) {
    throw new Error('No test video can be read. Index the data set again to see the reason.')
  }
  context.artefact('activation', maps.artefact())
  return {
    scores: maps.scores(),
    intervals: maps.intervals(),
    detail: null,
    trainVideos: 0,
    testVideos: maps.count,
  }
}

/** The clip in the middle of each video, or why there is none. */
async function* maskedClips(
  { job, videos, streams }: EvaluationContext,
  places: readonly number[],
): AsyncGenerator<MaskedClip | Error> {
  const { config } = job
  const threads = config.loaderThreads
  const withFlow = streams.some((stream) => stream.job.config.modality === 'flow')
  const pool = new ThreadPool<MaskedTask, MaskedClip[]>({
    name: 'prepareMasked',
    threads,
    videos: [],
  })
  const prepare = async (place: number): Promise<MaskedClip> => {
    const subject = await withTrueMasks(job.test, videos.test[place])
    const [clip] = await pool.run({ subject, clips: 1, from: 0, to: 1, config, withFlow })
    return clip
  }
  try {
    yield* inOrder(places, AHEAD, prepare)
  } finally {
    await pool.close()
  }
}

/** What is found, video by video, in every stream. */
class ActivationMaps {
  private readonly context: EvaluationContext
  private readonly places: readonly number[]
  private readonly pictured: ReadonlySet<number>
  private readonly masks: MaskSources = { true: 0, corrected: 0, approved: 0, fame: 0 }
  private readonly streams: readonly StreamMaps[]

  constructor(context: EvaluationContext, places: readonly number[]) {
    const labels = places.map((place) => context.videos.test[place].label)
    this.context = context
    this.places = places
    this.pictured = new Set(placesInTurn(labels, PICTURED).map((i) => places[i]))
    this.streams = context.streams.map((stream) => new StreamMaps(stream))
  }

  /** How many videos have maps. */
  get count(): number {
    return this.streams[0].rows.length
  }

  async add(place: number, clip: MaskedClip | Error): Promise<void> {
    if (clip instanceof Error) {
      const { path } = this.context.videos.test[place]
      this.context.warn(`${path} is left out: ${clip.message}`)
      return
    }
    this.masks[clip.source]++
    let pictures: Row['pictures']
    for (const stream of this.streams) {
      const row = await stream.add(place, clip, pictures ?? this.pictured.has(place))
      pictures ??= row.pictures
    }
  }

  /** Means over the videos, in [0, 1]. */
  scores(): Record<Score, number> {
    const mean = (name: Score): number => spreadOf(this.values(name))?.mean ?? 0
    return { inside: mean('inside'), area: mean('area'), peak: mean('peak') }
  }

  /** 95 % intervals over the videos; none of means of a single video. */
  intervals(): Record<string, [number, number]> {
    const of = (name: Score): [string, [number, number]][] => {
      const spread = spreadOf(this.values(name))
      const interval = spread && meanInterval(spread)
      return interval ? [[name, interval]] : []
    }
    const peak: [string, [number, number]][] =
      this.streams.length > 1 ? of('peak') : [['peak', wilson(this.scores().peak, this.count)]]
    return Object.fromEntries([...of('inside'), ...of('area'), ...peak])
  }

  partial(): PartialResult {
    const [scores, intervals] = [this.scores(), this.intervals()]
    return { done: this.count, total: this.places.length, scores, intervals, confusion: [] }
  }

  artefact(): ActivationArtefact {
    const { masks, streams } = this
    const { classes, config } = this.context.job
    const [first, ...others] = streams
    return {
      kind: 'activation',
      classes,
      masks,
      fame: { variant: config.variant, beta: config.beta },
      modality: first.modality,
      ...first.found(),
      ...(others.length > 0 && {
        others: others.map((stream) => ({ modality: stream.modality, ...stream.found() })),
      }),
    }
  }

  /** Of each video, the mean over the streams. */
  private values(name: Score): number[] {
    const { streams } = this
    const of = ({ inside, area, peakInside }: Row): number =>
      ({ inside, area, peak: Number(peakInside) })[name]
    return streams[0].rows.map(
      (_, i) => streams.reduce((sum, { rows }) => sum + of(rows[i]), 0) / streams.length,
    )
  }
}
