import type { KernelsArtefact } from '#shared/tasks/kernels/artefact.ts'
import { spreadOf } from '#shared/metrics/spread.ts'
import type { PlannedPhase } from '../evaluation/work-plan.ts'
import type { EvaluationContext, Outcome, Runner } from '../evaluation/context.ts'
import { temporalLayers } from './kernels/kernel-statistics.ts'

const READING = 'Reading kernels'

export const kernels: Runner = { isFrozen: true, plan, run }

function plan(): PlannedPhase[] {
  return [{ name: READING, work: 1, isGuess: true }]
}

/**
 * The distributions of an encoder's temporal kernels, layer by layer (Ding et al., figure 2), and
 * how much of them is `change` over time, on average over the layers. Looks at no video.
 */
async function run(context: EvaluationContext): Promise<Outcome> {
  const reporter = context.phase(READING, 'layers', 1)
  const layers = temporalLayers(context.encoder.stateDict())
  context.artefact('kernels', { kind: 'kernels', layers } satisfies KernelsArtefact)
  reporter.advance(1)
  reporter.flush()
  const change = spreadOf(layers.map((layer) => layer.change))?.mean ?? 0
  return { scores: { change }, detail: null, trainVideos: 0, testVideos: 0 }
}
