import { setImmediate as breathe } from 'node:timers/promises'
import type { Project } from '../../store/project.ts'
import { EventFile } from '../../tensorboard/event-file.ts'

/** Points read at a time. */
const SLICE = 2000

/**
 * Writes what a run has measured so far as one of TensorBoard's event files.
 * @param folder absolute; made when it is missing
 * @returns the file; null where nothing was measured
 * @throws WorkbenchError when there is no such run; ErrnoException when it cannot be written
 */
export async function exportEvents(
  project: Project,
  id: number,
  folder: string,
): Promise<string | null> {
  const { runs, runMetrics } = project.store
  runs.get(id)
  let file: EventFile | null = null
  for (let seq = 0; ;) {
    const slice = runMetrics.after(id, seq, SLICE)
    if (slice.points.length === 0) return file?.file ?? null
    file ??= new EventFile(folder, { firstStep: 1 })
    file.append(slice.points)
    seq = slice.seq
    await breathe()
  }
}
