import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { Rng } from '#shared/random/rng.ts'
import { drawAllowedClip } from '../loader/allowed-clip.ts'
import { planOptions, planStep, type StepPlan } from '../loader/plan.ts'
import type { TrainerVideo } from '../process/messages.ts'

/** One batch of a step: what made its clips. Pairs are query and key. */
export interface BatchEvidence {
  epoch: number
  clips: {
    video: string
    /** First frames. */
    starts: [number, number]
    seeds: [number, number]
    /** Slots that gave the backgrounds. */
    partners: [number, number]
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
  const order = planOptions(config, videos)
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
    const seeds: [number, number] = [plan.seeds[2 * slot], plan.seeds[2 * slot + 1]]
    const start = (seed: number): number =>
      drawAllowedClip(new Rng(seed), frames, config, windows).indices[0]
    return {
      video: path,
      starts: [start(seeds[0]), start(seeds[1])] as [number, number],
      seeds,
      partners: [plan.partners[0][slot], plan.partners[1][slot]] as [number, number],
    }
  })
  return { epoch: plan.epoch, clips }
}
