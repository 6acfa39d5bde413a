import { isImported } from '#shared/config/presets.ts'
import type { Run } from '#shared/contract/runs.ts'
import { colourStream } from '#shared/methods/streams.ts'

/** Runs whose encoder can carry masks: it has weights and looks at colours. The newest first. */
export function featureRuns(runs: readonly Run[]): Run[] {
  return runs
    .filter(
      (run) =>
        run.trashedAt === null &&
        (run.step > 0 || isImported(run)) &&
        colourStream(run.config) !== null,
    )
    .toReversed()
}
