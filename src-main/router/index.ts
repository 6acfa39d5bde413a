import { implement } from '@orpc/server'
import { contract } from '#shared/contract/contract.ts'
import { completePath } from '../base/files/complete-path.ts'
import { listDatasets } from '../datasets/sample-set/recognise-sample.ts'
import type { Workbench } from '../workbench.ts'
import type { CallContext } from './call-context.ts'
import { clearError } from './errors.ts'
import { maskHandlers } from './masks.ts'
import { pathsOf } from './path-inputs.ts'
import { streamed } from './streams.ts'

/**
 * The contract over one workbench. oRPC checks every input and output against its schema; streams
 * end when their client goes. Errors reach the client as `clearError` has them.
 */
export function createRouter(workbench: Workbench) {
  const { store, exportsFolder } = workbench.project
  const os = implement(contract)
    .$context<CallContext>()
    .use(async ({ context, path, next, signal }, input) => {
      try {
        for (const each of pathsOf(path, input, exportsFolder)) await context.allowPath?.(each)
        if (!context.limits) return await next()
        return await context.limits.run(async () => next(), signal)
      } catch (error) {
        throw clearError(error)
      }
    })
  const { library, tagging } = workbench
  return os.router({
    project: {
      info: os.project.info.handler(() => workbench.info()),
      doctor: os.project.doctor.handler(() => workbench.doctor()),
      focus: os.project.focus.handler(() => workbench.focus()),
      completePath: os.project.completePath.handler(({ input, context }) =>
        completePath(input.typed, { files: input.files, allow: context.allowPath }),
      ),
    },
    datasets: {
      list: os.datasets.list.handler(() => listDatasets(store)),
      index: os.datasets.index.handler(({ input, signal }) =>
        streamed(workbench.index(input, signal), signal),
      ),
      makeSample: os.datasets.makeSample.handler(({ signal }) =>
        streamed(workbench.makeSample(signal), signal),
      ),
      remove: os.datasets.remove.handler(({ input }) =>
        workbench.removeDataset(input.id, { exports: input.exports }),
      ),
      relocate: os.datasets.relocate.handler(({ input }) =>
        workbench.relocateDataset(input.id, input.folder),
      ),
    },
    library: {
      get: os.library.get.handler(({ input }) => library.get(input.id)),
      page: os.library.page.handler(({ input }) => library.page(input)),
      facets: os.library.facets.handler(({ input }) => library.facets(input)),
      ids: os.library.ids.handler(async ({ input: { first, last, ...view } }) => {
        const ids = await library.ids(view)
        return ids.subarray(first, last === undefined ? undefined : last + 1)
      }),
      tag: os.library.tag.handler(({ input }) => tagging.edit(input)),
      undo: os.library.undo.handler(() => tagging.step('undo')),
      redo: os.library.redo.handler(() => tagging.step('redo')),
      history: os.library.history.handler(() => tagging.history()),
    },
    savedFilters: {
      list: os.savedFilters.list.handler(() => store.savedFilters.list()),
      save: os.savedFilters.save.handler(({ input }) =>
        store.savedFilters.save(input.name, input.view),
      ),
      delete: os.savedFilters.delete.handler(({ input }) => store.savedFilters.delete(input.id)),
    },
    videos: {
      query: os.videos.query.handler(({ input }) => store.videos.query(input)),
      get: os.videos.get.handler(({ input }) => store.videos.get(input.id)),
      reveal: os.videos.reveal.handler(({ input }) => workbench.reveal(input.id)),
    },
    masks: maskHandlers(workbench),
    runs: {
      list: os.runs.list.handler(() => store.runs.list()),
      get: os.runs.get.handler(({ input }) => store.runs.get(input.id)),
      start: os.runs.start.handler(({ input }) => workbench.runs.start(input)),
      plan: os.runs.plan.handler(({ input }) => workbench.estimator.plan(input)),
      estimate: os.runs.estimate.handler(({ input, signal }) =>
        streamed(workbench.estimator.estimate(input, signal), signal),
      ),
      dryRun: os.runs.dryRun.handler(({ input, signal }) =>
        streamed(workbench.dryRuns.run(input, signal), signal),
      ),
      sweep: os.runs.sweep.handler(({ input }) => workbench.runs.sweep(input)),
      stop: os.runs.stop.handler(({ input }) => workbench.runs.stop(input.id)),
      resume: os.runs.resume.handler(async ({ input }) => {
        await workbench.runFolders.settle(input.id)
        return workbench.runs.resume(input.id)
      }),
      discard: os.runs.discard.handler(({ input }) => workbench.runs.discard(input.id)),
      startOver: os.runs.startOver.handler(async ({ input }) => {
        await workbench.runFolders.settle(input.id)
        return workbench.runs.startOver(input.id)
      }),
      reproduction: os.runs.reproduction.handler(({ input }) =>
        workbench.reproductions.plan(input.id),
      ),
      reproduce: os.runs.reproduce.handler(async ({ input }) => {
        await workbench.runFolders.settle(input.id)
        return workbench.reproductions.start(input.id)
      }),
      pause: os.runs.pause.handler(({ input }) => workbench.runs.pause(input.id)),
      move: os.runs.move.handler(({ input }) => workbench.runs.move(input.id, input.before)),
      note: os.runs.note.handler(({ input }) => workbench.runNotes.note(input.id, input.change)),
      trash: os.runs.trash.handler(({ input }) =>
        workbench.runNotes.trash(input.ids, input.trashed),
      ),
      export: os.runs.export.handler(({ input, signal }) =>
        streamed(workbench.runFolders.export(input.id, signal), signal),
      ),
      import: os.runs.import.handler(({ input, signal }) =>
        streamed(workbench.runFolders.import(input.folder, signal), signal),
      ),
      emptyTrash: os.runs.emptyTrash.handler(() => workbench.runNotes.emptyTrash()),
      watch: os.runs.watch.handler(({ input, signal }) =>
        streamed(workbench.runs.watch(input.id, signal, { history: false }), signal),
      ),
      clipStrip: os.runs.clipStrip.handler(({ input }) => workbench.runs.clipStrip(input.id)),
      curves: os.runs.curves.handler(({ input }) => workbench.runCurves.thinned(input)),
      lastValues: os.runs.lastValues.handler(() => workbench.lastValues.all()),
      csv: os.runs.csv.handler(({ input, signal }) =>
        streamed(workbench.runCurves.csv(input.id), signal),
      ),
    },
    evaluations: {
      list: os.evaluations.list.handler(() => store.evaluations.list()),
      start: os.evaluations.start.handler(({ input }) => workbench.evaluations.start(input)),
      startSplits: os.evaluations.startSplits.handler(({ input }) =>
        workbench.evaluations.startSplits(input),
      ),
      stop: os.evaluations.stop.handler(({ input }) => workbench.evaluations.stop(input.id)),
      resume: os.evaluations.resume.handler(({ input }) => workbench.evaluations.resume(input.id)),
      detail: os.evaluations.detail.handler(({ input }) => store.evaluations.detail(input.id)),
      predictions: os.evaluations.predictions.handler(({ input }) =>
        workbench.evaluations.predictions.page(input),
      ),
      answers: os.evaluations.answers.handler(({ input }) =>
        workbench.evaluations.predictions.answers(input),
      ),
      paired: os.evaluations.paired.handler(({ input }) =>
        workbench.evaluations.outcomes.compare(input),
      ),
      artefact: os.evaluations.artefact.handler(({ input }) =>
        workbench.evaluations.artefact(input.id, input.name),
      ),
      watch: os.evaluations.watch.handler(({ input, signal }) =>
        streamed(workbench.evaluations.watch(input.id, signal), signal),
      ),
      report: os.evaluations.report.handler(({ input, signal }) =>
        streamed(workbench.report(input.ids), signal),
      ),
    },
  })
}
