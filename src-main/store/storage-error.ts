import { WorkbenchError } from '../base/workbench-error.ts'

/**
 * Facts and remedies by the beginning of SQLite's result codes. Told by the code and not by the
 * class, so that a host can explain an error without loading SQLite.
 */
const explanations: readonly (readonly [code: string, message: string])[] = [
  ['SQLITE_FULL', 'The disk that holds the project is full. Free some space and try again.'],
  [
    'SQLITE_READONLY',
    "The project's database cannot be written. Check the permissions of the project's folder.",
  ],
  [
    'SQLITE_BUSY',
    "Another program is using the project's database. Close that program and try again.",
  ],
  [
    'SQLITE_IOERR',
    "The project's database cannot be read or written: its disk has failed, is full or was removed. " +
      'Check the disk, then open the project again.',
  ],
  [
    'SQLITE_CORRUPT',
    "The project's database is damaged. Close the workbench; bin/fame project restore restores the newest " +
      'backup and adds the runs that are missing in it.',
  ],
]

/** What a disk or a file has done to a statement, as fact and remedy; null for any other error. */
export function storageError(error: unknown): WorkbenchError | null {
  if (!(error instanceof Error) || !('code' in error)) return null
  const code = String(error.code)
  const found = explanations.find(([start]) => code.startsWith(start))
  return found ? new WorkbenchError(`${found[1]} (${code})`, { cause: error }) : null
}
