import type { Run } from '#shared/contract/runs.ts'
import { Pieces } from '../../base/async/pieces.ts'
import type { MetricTable } from '../../store/metrics.ts'
import { Store } from '../../store/store.ts'

/** Points in one commit. */
const SLICE = 2000

/**
 * Copies a run with its measurements and its evaluations, under the numbers that it has, into a new
 * database with the rows of their data sets; the videos stay behind.
 * @param file absolute; not there yet
 */
export async function writeRows(store: Store, run: Run, file: string): Promise<void> {
  const out = new Store(file, { staged: true })
  try {
    const evaluations = evaluationsOf(store, run.id)
    const datasets = new Set([run.datasetId, ...evaluations.map(({ datasetId }) => datasetId)])
    for (const id of datasets) out.transfer.write('datasets', store.transfer.read('datasets', id)!)
    out.transfer.write('runs', store.transfer.read('runs', run.id)!)
    await copyPoints(store.runMetrics, run.id, out.runMetrics, run.id)
    const pieces = new Pieces()
    for (const { id } of evaluations) {
      await pieces.pause()
      out.transfer.write('evaluations', store.transfer.read('evaluations', id)!)
      await copyPoints(store.evaluationMetrics, id, out.evaluationMetrics, id)
    }
  } finally {
    out.close()
  }
}

/** What has ended of a run's evaluations: what waits belongs to the queue that it waits in. */
export function evaluationsOf(store: Store, runId: number) {
  return store.evaluations
    .list()
    .filter((evaluation) => evaluation.runId === runId && evaluation.finishedAt !== null)
}

/** Copies what was measured of one owner, in its order, some at a time. */
export async function copyPoints(
  from: MetricTable,
  owner: number,
  to: MetricTable,
  newOwner: number,
): Promise<void> {
  const pieces = new Pieces()
  for (let seq = 0; ;) {
    const slice = from.after(owner, seq, SLICE)
    if (slice.points.length === 0) return
    to.write(newOwner, slice.points)
    seq = slice.seq
    await pieces.pause()
  }
}
