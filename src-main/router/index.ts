import { implement } from '@orpc/server'
import { contract } from '#shared/contract/contract.ts'
import { completePath } from '../base/files/complete-path.ts'
import { listDatasets } from '../datasets/sample-set/recognise-sample.ts'
import type { Workbench } from '../workbench.ts'
import type { CallContext } from './call-context.ts'
import { clearError } from './errors.ts'
import { evaluationHandlers } from './evaluations.ts'
import { libraryHandlers } from './library.ts'
import { maskHandlers } from './masks.ts'
import { pathsOf } from './path-inputs.ts'
import { runHandlers } from './runs.ts'
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
  return os.router({
    project: {
      info: os.project.info.handler(() => workbench.info()),
      doctor: os.project.doctor.handler(() => workbench.doctor()),
      focus: os.project.focus.handler(() => workbench.focus()),
      completePath: os.project.completePath.handler(({ input, context }) =>
        completePath(input.typed, { files: input.files, allow: context.allowPath }),
      ),
    },
    trainingSetup: {
      state: os.trainingSetup.state.handler(() => workbench.trainingSetup.state()),
      start: os.trainingSetup.start.handler(() => workbench.trainingSetup.start()),
      cancel: os.trainingSetup.cancel.handler(() => workbench.trainingSetup.cancel()),
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
    library: libraryHandlers(workbench),
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
    runs: runHandlers(workbench),
    evaluations: evaluationHandlers(workbench),
  })
}
