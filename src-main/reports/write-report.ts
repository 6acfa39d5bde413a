import manifest from '../../package.json' with { type: 'json' }
import { fromThread } from '../base/processes/from-thread.ts'
import type { ReportTask } from './report-thread.ts'

/**
 * Results as one HTML page, piece by piece, made in a thread of its own.
 * @param project folder
 * @param evaluations ids; without them, of all that have a result
 */
export function writeReport(
  project: string,
  evaluations?: readonly number[],
): AsyncIterable<string> {
  const task: ReportTask = { project, evaluations, version: manifest.version }
  return fromThread<string>('report', task)
}
