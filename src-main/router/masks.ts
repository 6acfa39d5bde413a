import { implement } from '@orpc/server'
import { maskContract } from '#shared/contract/mask-contract.ts'
import type { Workbench } from '../workbench.ts'
import { streamed } from './streams.ts'

/** What may be asked about masks, over one workbench. */
export function maskHandlers(workbench: Workbench) {
  const os = implement(maskContract)
  const { masks } = workbench
  const { store } = workbench.project
  return {
    window: os.window.handler(({ input }) => store.masks.open(input)),
    windows: os.windows.handler(({ input }) => store.masks.list(input.videoId)),
    edit: os.edit.handler(({ input }) => masks.edit(input)),
    undo: os.undo.handler(({ input }) => masks.undo(input.window)),
    redo: os.redo.handler(({ input }) => masks.redo(input.window)),
    decide: os.decide.handler(({ input, signal }) => masks.decide(input, signal)),
    decideMany: os.decideMany.handler(({ input, signal }) =>
      streamed(masks.decideMany(input, signal), signal),
    ),
    bulk: os.bulk.handler(() => store.maskBatches.newest()),
    undoBulk: os.undoBulk.handler(() => masks.undoBulk()),
    betas: {
      list: os.betas.list.handler(() => store.maskBetas.list()),
      set: os.betas.set.handler(({ input }) => store.maskBetas.set(input.of, input.beta)),
    },
    truth: os.truth.handler(({ input, signal }) => masks.truth(input, signal)),
    energy: os.energy.handler(({ input, signal }) =>
      streamed(masks.energy(input.videoId, signal), signal),
    ),
    propagate: os.propagate.handler(({ input, signal }) =>
      streamed(
        input.by.kind === 'flow'
          ? masks.propagate(input, signal)
          : workbench.featurePropagation.propagate(input, input.by, signal),
        signal,
      ),
    ),
    survey: os.survey.handler(({ input, signal }) => streamed(masks.survey(input, signal), signal)),
    export: os.export.handler(({ input, signal }) => streamed(masks.export(input, signal), signal)),
    import: os.import.handler(({ input, signal }) => streamed(masks.import(input, signal), signal)),
    queue: os.queue.handler(({ input }) => masks.queue(input)),
  }
}
