import type { Run } from '#shared/contract/runs.ts'
import type { PlottedRun } from '../../../charts/curve-lines.ts'
import { isLive } from '../../../lib/status.ts'

/** A run as the charts need it. @param colour null where it is the only one */
export function plottedRun(run: Run, colour: string | null = null): PlottedRun {
  const { id, name, totalSteps, config } = run
  return {
    id,
    name,
    colour,
    method: config.method,
    steps: totalSteps,
    isLive: isLive(run),
    stepsPerEpoch: totalSteps / Math.max(1, config.epochs),
  }
}

/** The runs as they were where nothing that matters to charts has changed, so that charts stay as they are. */
export function settled(
  before: readonly PlottedRun[] | undefined,
  now: readonly PlottedRun[],
): readonly PlottedRun[] {
  return before && JSON.stringify(before) === JSON.stringify(now) ? before : now
}
