import type { Values } from '#shared/methods/method.ts'
import { parseAssignment } from '#shared/config/pretrain-config.ts'
import { sweepRuns, type Sweep } from '#shared/config/sweep.ts'
import type { FormValues } from './form-model.ts'

/** One setting to sweep, its values as typed: `0.3, 0.5, 0.7`. */
export interface SweepAxis {
  name: string
  text: string
}
export interface SweepForm {
  axes: SweepAxis[]
  /** Runs of each combination, with seeds that follow each other. */
  repeats: number
}

export const noSweep: SweepForm = { axes: [], repeats: 1 }

/**
 * What a form asks for; null when it sweeps nothing.
 * @throws ConfigError as `parseAssignment`
 */
export function sweepOf({ axes, repeats }: SweepForm, seed: number): Sweep | null {
  if (axes.length === 0 && repeats < 2) return null
  const grid = Object.fromEntries(
    axes.map(({ name, text }) => [
      name,
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '')
        .map((part) => parseAssignment(`${name}=${part}`)[1]),
    ]),
  )
  const seeds = Array.from({ length: repeats }, (_, i) => seed + i)
  return { grid, ...(repeats > 1 && { seeds }) }
}

/** How many runs a form makes, and what stands against it. */
export function checkSweep(
  form: SweepForm,
  values: FormValues,
): { runs: number; problem: string | null } {
  try {
    const sweep = sweepOf(form, typeof values.seed === 'number' ? values.seed : 0)
    if (!sweep) return { runs: 1, problem: null }
    return { runs: sweepRuns(values as Values, sweep).length, problem: null }
  } catch (error) {
    return { runs: 0, problem: error instanceof Error ? error.message : String(error) }
  }
}
