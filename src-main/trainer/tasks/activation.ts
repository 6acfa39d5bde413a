import { encoders } from '#shared/encoders/index.ts'
import type { PartialResult } from '#shared/contract/evaluations.ts'
import { meanInterval, spreadOf, wilson } from '#shared/metrics/spread.ts'
import type { ActivationArtefact } from '#shared/tasks/activation/artefact.ts'
import type { MaskSources } from '#shared/tasks/artefact.ts'
import type { MaskedTask } from '../loader/explain/explain-tasks.ts'
import type { MaskedClip } from '../loader/explain/masked-clips.ts'
import { ThreadPool } from '../loader/thread-pool.ts'
import { normaliseColours } from '../loader/transforms/colour.ts'
import type { PlannedPhase } from '../evaluation/work-plan.ts'
import type { EvaluationContext, Outcome, Runner } from '../evaluation/context.ts'
import {
  activationMap,
  enlargeMap,
  insideForeground,
  type FeatureMap,
} from './activation/activation-map.ts'
import { inOrder } from '../evaluation/in-order.ts'
import { placesInTurn, toBytes, writeStrip } from '../evaluation/pictures.ts'
import { pathIn, withTrueMasks } from '../evaluation/true-masks.ts'

type Row = ActivationArtefact['videos'][number]

/** Videos of which pictures are kept. */
const PICTURED = 24
const MAPPING = 'Mapping activation'
/** Videos that are decoded ahead of the encoder. */
const AHEAD = 6

export const activation: Runner = { isFrozen: true, plan, run }

function plan({ job, videos }: EvaluationContext): PlannedPhase[] {
  return [{ name: MAPPING, work: Math.min(job.settings.videos, videos.test.length) }]
}

/**
 * Class-agnostic activation maps of the clip in the middle of some test videos, the same ones for
 * every encoder, each from 0 at its least value to 1 at its largest. `inside` is the share of a map
 * that lies in the foreground (the energy-based pointing game of Wang et al., Score-CAM, CVPRW 2020),
 * `area` what an even map would have there, `peak` how often the largest activation lies in the
 * foreground (the pointing game of Zhang et al., ECCV 2016).
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
  if (maps.rows.length === 0) {
    throw new Error('No test video can be read. Index the data set again to see the reason.')
  }
  context.artefact('activation', maps.artefact())
  return {
    scores: maps.scores(),
    intervals: maps.intervals(),
    detail: null,
    trainVideos: 0,
    testVideos: maps.rows.length,
  }
}

/** The clip in the middle of each video, or why there is none. */
async function* maskedClips(
  { job, videos }: EvaluationContext,
  places: readonly number[],
): AsyncGenerator<MaskedClip | Error> {
  const { config } = job
  const threads = config.loaderThreads
  const pool = new ThreadPool<MaskedTask, MaskedClip[]>({
    name: 'prepareMasked',
    threads,
    videos: [],
  })
  const prepare = async (place: number): Promise<MaskedClip> => {
    const subject = await withTrueMasks(job.test, videos.test[place])
    const [clip] = await pool.run({ subject, clips: 1, from: 0, to: 1, config })
    return clip
  }
  try {
    yield* inOrder(places, AHEAD, prepare)
  } finally {
    await pool.close()
  }
}

/** What is found, video by video. */
class ActivationMaps {
  readonly rows: Row[] = []
  private readonly context: EvaluationContext
  private readonly places: readonly number[]
  private readonly pictured: ReadonlySet<number>
  private readonly masks: MaskSources = { true: 0, corrected: 0, approved: 0, fame: 0 }
  private shape: FeatureMap['shape'] = [0, 0, 0, 0]

  constructor(context: EvaluationContext, places: readonly number[]) {
    const labels = places.map((place) => context.videos.test[place].label)
    this.context = context
    this.places = places
    this.pictured = new Set(placesInTurn(labels, PICTURED).map((i) => places[i]))
  }

  async add(place: number, clip: MaskedClip | Error): Promise<void> {
    const { job, videos } = this.context
    const video = videos.test[place]
    if (clip instanceof Error) {
      this.context.warn(`${video.path} is left out: ${clip.message}`)
      return
    }
    const map = this.mapOf(clip)
    this.masks[clip.source]++
    this.rows.push({
      videoId: video.id ?? 0,
      path: pathIn(job.test, video),
      label: video.label,
      mask: clip.source,
      ...insideForeground(map, clip.mask),
      ...(this.pictured.has(place) && { pictures: await this.draw(place, clip, map) }),
    })
  }

  /** Means over the videos, in [0, 1]. */
  scores(): Record<'inside' | 'area' | 'peak', number> {
    const mean = (of: (row: Row) => number): number => spreadOf(this.rows.map(of))?.mean ?? 0
    return {
      inside: mean(({ inside }) => inside),
      area: mean(({ area }) => area),
      peak: mean(({ peakInside }) => Number(peakInside)),
    }
  }

  /** 95 % intervals over the videos; none of means of a single video. */
  intervals(): Record<string, [number, number]> {
    const of = (name: 'inside' | 'area'): [string, [number, number]][] => {
      const spread = spreadOf(this.rows.map((row) => row[name]))
      const interval = spread && meanInterval(spread)
      return interval ? [[name, interval]] : []
    }
    const peak = wilson(this.scores().peak, this.rows.length)
    return { ...Object.fromEntries([...of('inside'), ...of('area')]), peak }
  }

  partial(): PartialResult {
    const [scores, intervals] = [this.scores(), this.intervals()]
    const done = this.rows.length
    return { done, total: this.places.length, scores, intervals, confusion: [] }
  }

  artefact(): ActivationArtefact {
    const { rows, masks, shape } = this
    const { classes, config } = this.context.job
    const inside = spreadOf(rows.map((row) => row.inside))
    return {
      kind: 'activation',
      classes,
      mapShape: [shape[0], shape[1], shape[2]],
      masks,
      fame: { variant: config.variant, beta: config.beta },
      inside: { mean: inside?.mean ?? 0, deviation: inside?.deviation ?? 0 },
      area: { mean: this.scores().area },
      videos: rows,
    }
  }

  /** The activation map of a clip at its size, from 0 at the least value to 1, [T, S, S]. */
  private mapOf({ data }: MaskedClip): Float32Array {
    const { frames, size, model } = this.context.job.config
    const { scaling, map: grid } = encoders[model]
    const scaled = data.slice()
    normaliseColours({ data: scaled, frames, height: size, width: size }, scaling)
    const clips = { data: scaled, shape: [1, frames, size, size, 3] } as const
    const { data: features, shape } = this.context.encoder.forwardMap(clips)
    const [, T, H, W, C] = shape
    this.shape = [T, H, W, C]
    const map = activationMap({ data: features, shape: this.shape })
    if (!map.every(Number.isFinite)) {
      throw new Error(
        "The encoder's features are not finite numbers: its run has diverged. " +
          'Train again with a lower learning rate.',
      )
    }
    const from = { frames: T, height: H, width: W }
    const to = { frames, height: size, width: size }
    return stretched(enlargeMap(map, { from, to, grid }))
  }

  private async draw(
    place: number,
    { data, mask }: MaskedClip,
    map: Float32Array,
  ): Promise<Row['pictures']> {
    const { outputs, config } = this.context.job
    const { frames, size } = config
    const masks = new Uint8Array(map.length).map((_, i) => 255 * mask[i % mask.length])
    const write = (name: string, bytes: Uint8Array, channels: 1 | 3): Promise<string> =>
      writeStrip(outputs, `${name}-${place}`, {
        data: bytes,
        frames,
        height: size,
        width: size,
        channels,
      })
    return {
      frames,
      size,
      clip: await write('clip', toBytes(data), 3),
      heat: await write('heat', toBytes(map), 1),
      mask: await write('mask', masks, 1),
    }
  }
}

/** From 0 at the least value to 1 at the largest. */
function stretched(map: Float32Array): Float32Array {
  const [low, high] = map.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Infinity, -Infinity],
  )
  return map.map((value) => (value - low) / (high - low || 1))
}
