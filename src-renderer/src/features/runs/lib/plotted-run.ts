import type { Run } from '#shared/contract/runs.ts'
import { partsOf } from '#shared/methods/parts.ts'
import { phasesOf } from '#shared/methods/phases.ts'
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
    parts: partsOf(config).map((part) => part.name),
    steps: totalSteps,
    isLive: isLive(run),
    stepsPerEpoch: totalSteps / Math.max(1, config.epochs),
    phases: phasesIn(run),
  }
}

/** Where the phases of a run begin; none where it has one alone, or no steps. */
function phasesIn({ config, totalSteps }: Run): PlottedRun['phases'] {
  const places = phasesOf(config, totalSteps).filter(({ steps }) => steps > 0)
  return places.length > 1 ? places.map(({ from, phase }) => ({ from, label: phase.label })) : []
}

/** The runs as they were where nothing that matters to charts has changed, so that charts stay as they are. */
export function settled(
  before: readonly PlottedRun[] | undefined,
  now: readonly PlottedRun[],
): readonly PlottedRun[] {
  return before && JSON.stringify(before) === JSON.stringify(now) ? before : now
}
