import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { viewsOf } from '#shared/methods/index.ts'
import { drawViews } from '../loader/draw-view.ts'
import { planOptions, planStep, type StepPlan } from '../loader/plan.ts'
import type { TrainerVideo } from '../process/messages.ts'

/** One batch of a step: what made its clips, view by view. */
export interface BatchEvidence {
  epoch: number
  clips: {
    video: string
    /** First frames; none of a video that has no such clips, which another one replaced. */
    starts: number[]
    seeds: number[]
    /** Slots that gave the backgrounds. */
    partners: number[]
  }[]
}

/**
 * What a step was made of, to make it again, and what it measured.
 * @param step counted from 1
 */
export function stepEvidence(
  config: PretrainConfig,
  videos: readonly TrainerVideo[],
  step: number,
  measured: Record<string, number>,
): Record<string, string | BatchEvidence[]> {
  const { accumulate } = config
  const order = planOptions(config, videos, viewsOf(config).length)
  const plans = Array.from({ length: accumulate }, (_, i) =>
    planStep((step - 1) * accumulate + i, order),
  )
  // JSON has no NaN and no infinity.
  const written = Object.entries(measured).map(([name, value]) => [name, String(value)])
  return {
    ...(Object.fromEntries(written) as Record<string, string>),
    batches: plans.map((plan) => batchEvidence(plan, config, videos)),
  }
}

function batchEvidence(
  plan: StepPlan,
  config: PretrainConfig,
  videos: readonly TrainerVideo[],
): BatchEvidence {
  const clips = Array.from(plan.videos, (position, slot) => {
    const { path, frames, windows } = videos[position]
    const count = plan.partners.length
    const seeds = [...plan.seeds.subarray(count * slot, count * (slot + 1))]
    return {
      video: path,
      starts: startsOf(config, seeds, { frames, windows }),
      seeds,
      partners: plan.partners.map((partners) => partners[slot]),
    }
  })
  return { epoch: plan.epoch, clips }
}

function startsOf(
  config: PretrainConfig,
  seeds: readonly number[],
  { frames: length, windows }: Pick<TrainerVideo, 'frames' | 'windows'>,
): number[] {
  // Where clips start does not depend on the size of their frames.
  const video = { length, width: config.size, height: config.size, windows }
  try {
    return drawViews(config, seeds, video).map(({ indices }) => indices[0])
  } catch {
    return []
  }
}
