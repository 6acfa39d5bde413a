import type { ContractRouterClient } from '@orpc/contract'
import type { Contract } from '#shared/contract/contract.ts'
import { bigIds } from './big-project.ts'
import { acceptFrames, propagateMask } from './mask-operations.ts'

type Client = ContractRouterClient<Contract>

/** Everything that opens a view, by what a person would call it. */
export const operations: Readonly<Record<string, (client: Client) => Promise<unknown>>> = {
  'library: first page': ({ library }) => library.page({}),
  'library: counts': ({ library }) => library.facets({}),
  'library: page at the end': ({ library }) => library.page({ offset: 99_000, limit: 500 }),
  'library: sorted by length': ({ library }) =>
    library.page({ sort: { by: 'length', descending: true } }),
  'library: search': ({ library }) => library.page({ filter: { search: 'class7' } }),
  'library: counts of a search': ({ library }) => library.facets({ search: 'class7' }),
  'library: ids of all': ({ library }) => library.ids({}),
  'library: tag all': ({ library }) => library.tag({ videos: { filter: {} }, add: ['bench'] }),
  'library: undo that': ({ library }) => library.undo(),
  'videos: query': ({ videos }) => videos.query({ limit: 100 }),
  'masks: queue': ({ masks }) => masks.queue({}),
  'masks: propagate to 63 frames': propagateMask,
  'masks: accept 64 frames, undo, redo': acceptFrames,
  'data sets': ({ datasets }) => datasets.list(),
  'runs: list': ({ runs }) => runs.list(),
  'runs: curves, first time': ({ runs }) => runs.curves({ id: bigIds.run }),
  'runs: curves, smoothed': ({ runs }) =>
    runs.curves({ id: bigIds.run, smoothing: 0.9, columns: 2000 }),
  'runs: curves by time': ({ runs }) => runs.curves({ id: bigIds.run, axis: 'time' }),
  'runs: watch': async ({ runs }) => drain(await runs.watch({ id: bigIds.run })),
  'runs: CSV': async ({ runs }) => drain(await runs.csv({ id: bigIds.run })),
  'runs: export': async ({ runs }) => drain(await runs.export({ id: bigIds.run })),
  'evaluations: list': ({ evaluations }) => evaluations.list(),
  'evaluations: detail': ({ evaluations }) => evaluations.detail({ id: bigIds.predictions }),
  'evaluations: predictions, first time': ({ evaluations }) =>
    evaluations.predictions({ id: bigIds.predictions, limit: 200 }),
  'evaluations: surest mistakes': ({ evaluations }) =>
    evaluations.predictions({ id: bigIds.predictions, order: 'worst', limit: 200 }),
  'evaluations: map': ({ evaluations }) => evaluations.artefact({ id: bigIds.map, name: 'map' }),
  'evaluations: activation': ({ evaluations }) =>
    evaluations.artefact({ id: bigIds.activation, name: 'activation' }),
  'evaluations: report': async ({ evaluations }) => drain(await evaluations.report({})),
}

async function drain(events: AsyncIterable<unknown>): Promise<number> {
  let count = 0
  for await (const event of events) if (event !== undefined) count++
  return count
}
