import { implement } from '@orpc/server'
import { contract } from '#shared/contract/contract.ts'
import type { Workbench } from '../workbench.ts'
import { streamed } from './streams.ts'

/** What may be asked about runs, over one workbench. */
export function runHandlers(workbench: Workbench) {
  const os = implement(contract.runs)
  const { store } = workbench.project
  const { runs, estimator, dryRuns, runFolders, reproductions } = workbench
  const { runNotes, runCurves, lastValues } = workbench
  return {
    list: os.list.handler(() => store.runs.list()),
    get: os.get.handler(({ input }) => store.runs.get(input.id)),
    start: os.start.handler(({ input }) => runs.start(input)),
    plan: os.plan.handler(({ input }) => estimator.plan(input)),
    estimate: os.estimate.handler(({ input, signal }) =>
      streamed(estimator.estimate(input, signal), signal),
    ),
    dryRun: os.dryRun.handler(({ input, signal }) => streamed(dryRuns.run(input, signal), signal)),
    sweep: os.sweep.handler(({ input }) => runs.sweep(input)),
    stop: os.stop.handler(({ input }) => runs.stop(input.id)),
    resume: os.resume.handler(async ({ input }) => {
      await runFolders.settle(input.id)
      return runs.resume(input.id)
    }),
    discard: os.discard.handler(({ input }) => runs.discard(input.id)),
    startOver: os.startOver.handler(async ({ input }) => {
      await runFolders.settle(input.id)
      return runs.startOver(input.id)
    }),
    reproduction: os.reproduction.handler(({ input }) => reproductions.plan(input.id)),
    reproduce: os.reproduce.handler(async ({ input }) => {
      await runFolders.settle(input.id)
      return reproductions.start(input.id)
    }),
    pause: os.pause.handler(({ input }) => runs.pause(input.id)),
    move: os.move.handler(({ input }) => runs.move(input.id, input.before)),
    note: os.note.handler(({ input }) => runNotes.note(input.id, input.change)),
    trash: os.trash.handler(({ input }) => runNotes.trash(input.ids, input.trashed)),
    export: os.export.handler(({ input, signal }) =>
      streamed(runFolders.export(input.id, signal), signal),
    ),
    import: os.import.handler(({ input, signal }) =>
      streamed(runFolders.import(input.folder, signal), signal),
    ),
    emptyTrash: os.emptyTrash.handler(() => runNotes.emptyTrash()),
    watch: os.watch.handler(({ input, signal }) =>
      streamed(runs.watch(input.id, signal, { history: false }), signal),
    ),
    clipStrip: os.clipStrip.handler(({ input }) => runs.clipStrip(input.id)),
    pictures: os.pictures.handler(({ input }) => runs.pictures(input.id)),
    views: os.views.handler(({ input, signal }) => workbench.pairs.show(input, signal)),
    mined: os.mined.handler(({ input, signal }) =>
      streamed(workbench.mined.find(input, signal), signal),
    ),
    curves: os.curves.handler(({ input }) => runCurves.thinned(input)),
    lastValues: os.lastValues.handler(() => lastValues.all()),
    csv: os.csv.handler(({ input, signal }) => streamed(runCurves.csv(input.id), signal)),
  }
}
