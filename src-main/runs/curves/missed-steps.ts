import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { MetricPoint } from '#shared/contract/runs.ts'
import { Pieces } from '../../base/async/pieces.ts'
import type { MetricTable } from '../../store/metrics.ts'
import type { Project } from '../../store/project.ts'
import { newestStep } from '../../trainer/checkpoint/checkpoints.ts'
import { JOURNAL, parseJournalLine } from '../../trainer/telemetry/metric-journal.ts'

/** Lines looked at in one go: about a millisecond. */
const LINES = 50

/**
 * Stores what a trainer measured and a killed host did not: the steps up to the newest checkpoint,
 * which are never measured again. Later ones are, from that checkpoint on, and stay out.
 * @param folder absolute, of the job: with its journal and its checkpoints
 * @returns how many points were missing
 * @throws Error when the manifest is damaged or the disk refuses
 */
export async function takeMissedSteps(
  metrics: MetricTable,
  owner: number,
  folder: string,
): Promise<number> {
  const file = join(folder, JOURNAL)
  const last = existsSync(file) ? newestStep(folder) : 0
  if (last === 0) return 0
  const pieces = new Pieces()
  let missing = 0
  let points: MetricPoint[] = []
  let lines = 0
  for await (const measured of journaledSteps(file, last)) {
    points.push(...measured)
    if (++lines % LINES > 0) continue
    missing += metrics.fill(owner, points)
    points = []
    await pieces.pause()
  }
  return missing + metrics.fill(owner, points)
}

/** Points line by line, of steps up to `last`. */
async function* journaledSteps(file: string, last: number): AsyncGenerator<MetricPoint[]> {
  const handle = await open(file)
  try {
    for await (const text of handle.readLines()) {
      const line = parseJournalLine(text)
      if (!line || line.step > last) continue
      yield Object.entries(line.values).map(([name, value]) => ({ step: line.step, name, value }))
    }
  } finally {
    await handle.close()
  }
}

/**
 * Does so for the runs that were running when the last host ended. What the disk refuses now is
 * taken in when the run goes on.
 */
export async function takeAllMissedSteps(project: Project): Promise<void> {
  const { runs, runMetrics } = project.store
  for (const { id } of [...runs.withStatus('running'), ...runs.withStatus('stopping')]) {
    await takeMissedSteps(runMetrics, id, project.runFolder(id)).catch(() => undefined)
  }
}
