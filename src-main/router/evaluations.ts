import { implement } from '@orpc/server'
import { contract } from '#shared/contract/contract.ts'
import type { Workbench } from '../workbench.ts'
import { streamed } from './streams.ts'

/** What may be asked about evaluations, over one workbench. */
export function evaluationHandlers(workbench: Workbench) {
  const os = implement(contract.evaluations)
  const { evaluations } = workbench
  const { store } = workbench.project
  return {
    list: os.list.handler(() => store.evaluations.list()),
    start: os.start.handler(({ input }) => evaluations.start(input)),
    startSplits: os.startSplits.handler(({ input }) => evaluations.startSplits(input)),
    stop: os.stop.handler(({ input }) => evaluations.stop(input.id)),
    resume: os.resume.handler(({ input }) => evaluations.resume(input.id)),
    detail: os.detail.handler(({ input }) => store.evaluations.detail(input.id)),
    predictions: os.predictions.handler(({ input }) => evaluations.predictions.page(input)),
    answers: os.answers.handler(({ input }) => evaluations.predictions.answers(input)),
    paired: os.paired.handler(({ input }) => evaluations.outcomes.compare(input)),
    artefact: os.artefact.handler(({ input }) => evaluations.artefact(input.id, input.name)),
    watch: os.watch.handler(({ input, signal }) =>
      streamed(evaluations.watch(input.id, signal), signal),
    ),
    report: os.report.handler(({ input, signal }) => streamed(workbench.report(input.ids), signal)),
  }
}
