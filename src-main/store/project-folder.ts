import { accessSync, chmodSync, constants, existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeFolder } from '../base/files/make-folder.ts'
import { WorkbenchError } from '../base/workbench-error.ts'

/** SQLite takes paths of up to 512 bytes; its longest file here is a backup that is being made. */
const LONGEST = 512 - Buffer.byteLength('/backups/workbench-2026-01-01T000000Z.sqlite.part-journal')

/**
 * Makes a project's folder where it is missing, for its owner alone.
 * @param folder absolute
 * @throws WorkbenchError when it cannot be made or is none; then nothing is left behind
 */
export function makeProjectFolder(folder: string): void {
  checkPath(folder)
  const isNew = !existsSync(folder)
  try {
    makeFolder(folder)
    if (isNew) chmodSync(folder, 0o700)
  } catch (error) {
    throw new WorkbenchError(
      `The project folder ${folder} cannot be made (${reasonOf(error)}). ` +
        'Choose a writable folder.',
      { cause: error },
    )
  }
}

/** @throws WorkbenchError for a path that is too long, or has a file where a folder is needed */
export function checkPath(folder: string): void {
  const bytes = Buffer.byteLength(folder)
  if (bytes > LONGEST) {
    throw new WorkbenchError(
      `The path of the project folder is too long: it has ${bytes} bytes, and the limit of the database is ` +
        `${LONGEST}. Choose a folder with a shorter path than ${shortened(folder)}.`,
    )
  }
  const file = fileOnTheWay(folder)
  if (file === null) return
  const where = file === folder ? '' : ` The project folder ${folder} would be inside it.`
  throw new WorkbenchError(
    `${file} is a file, not a folder.${where} Choose the folder of a project, or another folder for a new one.`,
  )
}

function shortened(path: string): string {
  return `${path.slice(0, 60)}…`
}

function fileOnTheWay(folder: string): string | null {
  for (let here = folder; ; here = dirname(here)) {
    // Below a file, Linux says ENOTDIR where a missing entry is asked for.
    try {
      const stats = statSync(here, { throwIfNoEntry: false })
      if (stats) return stats.isDirectory() ? null : here
    } catch (error) {
      if (codeOf(error) !== 'ENOTDIR') return null
    }
    if (here === dirname(here)) return null
  }
}

/** Why nothing can be written to a project's folder; null where it can. */
export function whyReadOnly(folder: string): 'EROFS' | 'EACCES' | null {
  try {
    accessSync(folder, constants.W_OK)
    const database = join(folder, 'workbench.sqlite')
    if (existsSync(database)) accessSync(database, constants.W_OK)
    return null
  } catch (error) {
    return codeOf(error) === 'EROFS' ? 'EROFS' : 'EACCES'
  }
}

/** @throws WorkbenchError when nothing can be written to a project's folder */
export function refuseReadOnly(folder: string): void {
  const reason = whyReadOnly(folder)
  if (reason === null) return
  const fact =
    reason === 'EROFS'
      ? `The project ${folder} is on a read-only disk (EROFS).`
      : `You may not write to the project ${folder} (EACCES).`
  throw new WorkbenchError(
    `${fact} To work in it, copy it to a writable folder. To read it where it is, use bin/fame ` +
      'videos, runs, report or masks export.',
  )
}

/** Folders in a project that hold what people label and train. */
const PRIVATE = ['runs', 'evaluations', 'logs', 'backups', 'cache', 'exports', 'sample']

/**
 * Keeps a project for its owner alone: labels, notes and weights are nobody else's business.
 * @returns whether others could read it before, which is worth telling
 */
export function keepPrivate(folder: string): boolean {
  const wasOpen = tighten(folder, 0o700)
  for (const name of PRIVATE) tighten(join(folder, name), 0o700)
  for (const id of foldersIn(join(folder, 'runs'))) tighten(id, 0o700)
  for (const name of readdirSync(folder)) {
    if (/^(workbench|lock)\.sqlite/.test(name)) tighten(join(folder, name), 0o600)
  }
  return wasOpen
}

function foldersIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name))
}

/** Takes rights away, gives none. @returns whether there were some to take */
function tighten(path: string, mode: number): boolean {
  try {
    const now = statSync(path).mode & 0o777
    if ((now & ~mode) === 0) return false
    chmodSync(path, now & mode)
    return true
  } catch {
    // Not there, not ours, or a file system without rights.
    return false
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function codeOf(error: unknown): unknown {
  return (error as NodeJS.ErrnoException).code
}
