import { statSync } from 'node:fs'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { evaluationSchema } from '#shared/contract/evaluations.ts'
import { runSchema } from '#shared/contract/runs.ts'
import { Store } from '../../../store/store.ts'
import { WorkbenchError } from '../../../base/workbench-error.ts'

/** Bytes of the database: some 50 million points. */
const LARGEST_FILE = 4 * 2 ** 30
/** Of a run's evaluations, which the host reads in one go. */
const MOST_EVALUATIONS = 1000
/** Characters of their rows together, and of the run's. */
const LARGEST_ROWS = 8 * 2 ** 20

/**
 * Checks a database of rows that came with an exported run, and brings it to this workbench's schema.
 * @throws WorkbenchError when it is damaged, of a newer workbench, or larger than a run's can be
 */
export function checkRows(file: string, run: number): void {
  try {
    if (statSync(file).size > LARGEST_FILE) throw new Error('it is larger than 4 GB')
    const store = new Store(file, { staged: true })
    try {
      const faults = store.transfer.check()
      if (faults !== null) throw new Error(faults)
      checkSize('runs', store.transfer.size('runs'))
      checkSize('evaluations', store.transfer.size('evaluations'))
      completeConfig(runSchema.parse(store.runs.get(run)).config)
      evaluationSchema.array().parse(store.evaluations.list())
    } finally {
      store.close()
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new WorkbenchError(
      `The rows of the folder cannot be used (${reason}). Export the run again.`,
    )
  }
}

function checkSize(
  table: string,
  { rows, characters }: { rows: number; characters: number },
): void {
  if (rows <= MOST_EVALUATIONS && characters <= LARGEST_ROWS) return
  throw new Error(
    `its ${table} take ${characters} characters in ${rows} rows, more than any run has`,
  )
}
