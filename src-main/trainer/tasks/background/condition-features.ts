import {
  BACKGROUND_CONDITIONS,
  type BackgroundCondition,
} from '#shared/tasks/background/artefact.ts'
import { clipLength } from '../../loader/batch-task.ts'
import type { ConditionClip, ConditionsTask } from '../../loader/explain/explain-tasks.ts'
import { ThreadPool } from '../../loader/thread-pool.ts'
import type { EvaluationContext } from '../../evaluation/context.ts'
import type { Donors } from './background-sources.ts'
import { inOrder } from '../../evaluation/in-order.ts'
import { withTrueMasks } from '../../evaluation/true-masks.ts'

/** A test video under every condition. */
export interface ConditionFeatures {
  /** Of the video among the test videos. */
  place: number
  /** [K, C] for each condition. */
  features: Record<BackgroundCondition, Float32Array>
  /** Where the foreground of each clip is from. */
  sources: ConditionClip['source'][]
  /** Its middle clip, [conditions, T, S, S, 3], normalised. */
  middle: Float32Array
}

/** Clips of a video that are made at once take no more bytes than this. */
const PART_BYTES = 48e6
/** Parts that are made ahead of the encoder. */
const AHEAD = 4

/** Some clips of one test video. */
interface Part {
  place: number
  from: number
  to: number
}

/**
 * Features of the test videos under every condition, one after the other; those that cannot be read,
 * or whose donors cannot, are left out and warned of.
 */
export async function* conditionFeatures(
  context: EvaluationContext,
  donors: readonly Donors[],
): AsyncGenerator<ConditionFeatures> {
  const { clips } = context.job.settings
  const pool = new ThreadPool<ConditionsTask, ConditionClip[]>({
    name: 'prepareConditions',
    threads: context.job.config.loaderThreads,
    videos: [],
  })
  try {
    const parts = partsOf(context)
    let gathered = new Gathered(context)
    let at = 0
    for await (const made of inOrder(parts, AHEAD, (part) =>
      prepare(context, donors, part, pool),
    )) {
      const { place, to } = parts[at++]
      gathered.add(made)
      if (to < clips) continue
      const { path } = context.videos.test[place]
      if (gathered.error) context.warn(`${path} is left out: ${gathered.error.message}`)
      else yield gathered.whole(place)
      gathered = new Gathered(context)
    }
  } finally {
    await pool.close()
  }
}

function partsOf({ job, videos }: EvaluationContext): Part[] {
  const { clips } = job.settings
  const bytes = BACKGROUND_CONDITIONS.length * clipLength(job.config) * 4
  const atOnce = Math.max(1, Math.floor(PART_BYTES / bytes))
  return videos.test.flatMap((_, place) =>
    Array.from({ length: Math.ceil(clips / atOnce) }, (_part, i) => {
      return { place, from: i * atOnce, to: Math.min(clips, (i + 1) * atOnce) }
    }),
  )
}

async function prepare(
  { job, videos }: EvaluationContext,
  donors: readonly Donors[],
  { place, from, to }: Part,
  pool: ThreadPool<ConditionsTask, ConditionClip[]>,
): Promise<ConditionClip[]> {
  const { config, settings } = job
  const { sameClass, swapped } = donors[place]
  const lent = job[settings.backgrounds]
  return pool.run({
    subject: await withTrueMasks(job.test, videos.test[place]),
    donors: {
      sameClass: await withTrueMasks(lent, sameClass),
      swapped: await withTrueMasks(lent, swapped),
    },
    clips: settings.clips,
    from,
    to,
    config,
  })
}

/** Puts the clips of one video through the encoder as they come. */
class Gathered {
  error: Error | null = null
  private readonly context: EvaluationContext
  private readonly rows: Float32Array[] = []
  private readonly sources: ConditionClip['source'][] = []
  private middle = new Float32Array()

  constructor(context: EvaluationContext) {
    this.context = context
  }

  add(clips: ConditionClip[] | Error): void {
    if (clips instanceof Error) this.error = clips
    if (this.error || clips instanceof Error) return
    const { encoder, job } = this.context
    const { frames, size } = job.config
    for (const { data, source } of clips) {
      const shape = [BACKGROUND_CONDITIONS.length, frames, size, size, 3] as const
      if (this.rows.length === Math.floor(job.settings.clips / 2)) this.middle = data.slice()
      this.rows.push(encoder.forwardFeatures({ data, shape }))
      this.sources.push(source)
    }
  }

  whole(place: number): ConditionFeatures {
    const { rows, sources, middle } = this
    const C = this.context.encoder.featureSize
    const ofCondition = (i: number): Float32Array => {
      const features = new Float32Array(rows.length * C)
      rows.forEach((row, k) => features.set(row.subarray(i * C, (i + 1) * C), k * C))
      return features
    }
    const named = BACKGROUND_CONDITIONS.map((name, i) => [name, ofCondition(i)])
    const features = Object.fromEntries(named) as ConditionFeatures['features']
    return { place, features, sources, middle }
  }
}
