import { formulaValues } from '#main/selftest/formulas.ts'
import { readPacked } from '#main/selftest/golden.ts'
import type { StateDict } from '#main/trainer/networks/weights.ts'

export { cornerViews as formulaViews } from '#main/selftest/golden.ts'

/** Figures of whole steps, in float64: `steps-more.json.gz` in resources/golden. */
export interface GoldenPairStep {
  ema: number
  sgd: { lr: number; momentum: number; weight_decay: number }
  parameters: [name: string, shape: number[]][]
  loss_12: number
  loss_21: number
  loss: number
  gradient_l2: Record<string, number>
  parameter_l2_after_step: Record<string, number>
  target_l2_after_step: Record<string, number>
  loss_after_step: number
}

export function readGoldenStep<Step = GoldenPairStep>(name: string): Step {
  return readPacked<Record<string, Step>>('steps-more.json.gz')[name]
}

/**
 * The values that those figures were computed with: s = sin(0.7 (i^2 mod 10007) + k) for flat index i
 * of the k-th tensor, running statistics counted.
 * @param shift added to k
 */
export function formulaState(
  parameters: readonly (readonly [name: string, shape: number[]])[],
  shift = 0,
): StateDict {
  return new Map(
    parameters.map(([name, shape], k) => [
      name,
      { shape: [...shape], data: formulaValues('square', { name, shape, k: k + shift }) },
    ]),
  )
}
