import type { Check } from '../check.ts'
import { maskChecks } from './masks.ts'
import { methodChecks } from './methods.ts'
import { networkChecks } from './networks.ts'
import { speedChecks } from './speed.ts'
import { stepChecks } from './steps.ts'

const precisions = ['float32', 'bfloat16'] as const

/** Every check of the self-test in its order: what takes least comes first. */
export function allChecks(): Check[] {
  const parts = [networkChecks, methodChecks, stepChecks, speedChecks]
  return [
    ...maskChecks,
    ...precisions.flatMap((precision) => parts.flatMap((checksOf) => checksOf(precision))),
  ]
}

/** Checks that share a process: a crash, and the memory that is measured, concern only these. */
export function groupOf({ id, precision }: Pick<Check, 'id' | 'precision'>): string {
  return `${id.split('/')[0]} ${precision ?? ''}`.trim()
}
