import { implement } from '@orpc/server'
import { contract } from '#shared/contract/contract.ts'
import type { Workbench } from '../workbench.ts'
import { clearError } from './errors.ts'
import { streamed } from './streams.ts'

/**
 * The contract over one workbench. oRPC checks every input and output against its schema; streams
 * end when their client goes. Errors reach the client as `clearError` has them.
 */
export function createRouter(workbench: Workbench) {
  const os = implement(contract).use(async ({ next }) => {
    try {
      return await next()
    } catch (error) {
      throw clearError(error)
    }
  })
  const { store } = workbench.project
  return os.router({
    project: {
      info: os.project.info.handler(() => workbench.info()),
      doctor: os.project.doctor.handler(() => workbench.doctor()),
    },
    datasets: {
      list: os.datasets.list.handler(() => store.datasets.list()),
      index: os.datasets.index.handler(({ input, signal }) =>
        streamed(workbench.index(input, signal), signal),
      ),
      makeSample: os.datasets.makeSample.handler(({ signal }) =>
        streamed(workbench.makeSample(signal), signal),
      ),
    },
    videos: {
      query: os.videos.query.handler(({ input }) => store.videos.query(input)),
      get: os.videos.get.handler(({ input }) => store.videos.get(input.id)),
    },
    masks: {
      summary: os.masks.summary.handler(({ input, signal }) =>
        workbench.maskSummary(input, signal),
      ),
    },
    runs: {
      list: os.runs.list.handler(() => store.runs.list()),
      get: os.runs.get.handler(({ input }) => store.runs.get(input.id)),
      start: os.runs.start.handler(({ input }) => workbench.runs.start(input)),
      stop: os.runs.stop.handler(({ input }) => workbench.runs.stop(input.id)),
      resume: os.runs.resume.handler(({ input }) => workbench.runs.resume(input.id)),
      watch: os.runs.watch.handler(({ input, signal }) =>
        streamed(workbench.runs.watch(input.id, signal), signal),
      ),
    },
    evaluations: {
      list: os.evaluations.list.handler(() => store.evaluations.list()),
      start: os.evaluations.start.handler(({ input }) => workbench.evaluations.start(input)),
      stop: os.evaluations.stop.handler(({ input }) => workbench.evaluations.stop(input.id)),
      watch: os.evaluations.watch.handler(({ input, signal }) =>
        streamed(workbench.evaluations.watch(input.id, signal), signal),
      ),
    },
  })
}
