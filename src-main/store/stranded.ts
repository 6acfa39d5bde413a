import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { WorkbenchError } from '../base/workbench-error.ts'

/** What lies in a folder by numbers that the database hands out. */
export const numberedFolders = ['runs', 'evaluations'] as const
export type NumberedFolder = (typeof numberedFolders)[number]

/** Numbers of the folders below `<folder>/<kind>` that hold something, least first. */
export function folderNumbers(folder: string, kind: NumberedFolder): number[] {
  const parent = join(folder, kind)
  if (!existsSync(parent)) return []
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^[1-9]\d{0,9}$/.test(entry.name))
    .filter(({ name }) => readdirSync(join(parent, name)).length > 0)
    .map(({ name }) => Number(name))
    .sort((a, b) => a - b)
}

/** The highest number that a database has handed out; 0 where it has the table not yet. */
export function lastNumber(db: Database.Database, kind: NumberedFolder): number {
  const known = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'").get()
  if (!known) return 0
  return Number(db.prepare('SELECT seq FROM sqlite_sequence WHERE name = ?').pluck().get(kind) ?? 0)
}

/** Why a project's database cannot be the one that its folders were made with. */
export interface Stranded {
  /** The database is missing, empty, or older than what lies beside it. */
  state: 'missing' | 'empty' | 'older'
  /** Folders by kind that it does not know. */
  unknown: Record<NumberedFolder, number[]>
}

/**
 * Compares a project's database with the folders beside it. A new database would hand their numbers
 * out again, and a run would write over the checkpoints of another.
 * @returns null when the database has handed all of their numbers out, or cannot be read at all
 */
export function findStranded(folder: string, file: string): Stranded | null {
  // Folders first: a row comes before its folder, so a run that starts meanwhile has its number.
  const found = {
    runs: folderNumbers(folder, 'runs'),
    evaluations: folderNumbers(folder, 'evaluations'),
  }
  const last = lastNumbers(file)
  if (last === null) return null
  const unknown = {
    runs: found.runs.filter((id) => id > last.runs),
    evaluations: found.evaluations.filter((id) => id > last.evaluations),
  }
  if (unknown.runs.length + unknown.evaluations.length === 0) return null
  return { state: last.state, unknown }
}

/** @returns null for what is no database, which opening it explains */
function lastNumbers(
  file: string,
): (Record<NumberedFolder, number> & Pick<Stranded, 'state'>) | null {
  const stats = statSync(file, { throwIfNoEntry: false })
  if (!stats) return { runs: 0, evaluations: 0, state: 'missing' }
  if (stats.size === 0 && !hasLog(file)) return { runs: 0, evaluations: 0, state: 'empty' }
  let db: Database.Database | null = null
  try {
    db = new Database(file, { readonly: true, timeout: 5000 })
    const tables = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get()
    const [runs, evaluations] = [lastNumber(db, 'runs'), lastNumber(db, 'evaluations')]
    return { runs, evaluations, state: tables === 0 ? 'empty' : 'older' }
  } catch {
    return null
  } finally {
    db?.close()
  }
}

/** A database that was just made may lie in its log alone. */
function hasLog(file: string): boolean {
  return (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0
}

/** @throws WorkbenchError with the ways out, when a database does not fit the folders beside it */
export function refuseStranded(folder: string, file: string): void {
  const stranded = findStranded(folder, file)
  if (stranded) throw new WorkbenchError(explainStranded(folder, stranded))
}

function explainStranded(folder: string, { state, unknown }: Stranded): string {
  const facts = {
    missing: 'has no database (workbench.sqlite), but',
    empty: 'has an empty database (workbench.sqlite), but',
    older: 'has a database (workbench.sqlite) that is older than its folders:',
  }
  const found = numberedFolders
    .filter((kind) => unknown[kind].length > 0)
    .map((kind) => `${kind}/ has ${listed(unknown[kind])}`)
    .join(' and ')
  const command = `bin/fame project restore --project ${quoted(folder)}`
  return (
    `${folder} ${facts[state]} ${found}, which the database does not have. New runs would overwrite ` +
    'them, so the project is not opened. Nothing has been changed. Choose one:\n' +
    `  ${command}\n` +
    '    uses the newest backup if the database is lost, and adds the runs in the folders\n' +
    `  ${command} --number-on\n` +
    '    leaves those folders alone and gives new runs higher numbers\n' +
    `  ${command.replace('restore', 'check')}\n` +
    '    shows what the project has, and changes nothing'
  )
}

function listed(ids: readonly number[]): string {
  return ids.length > 6
    ? `${ids.slice(0, 5).join(', ')} and ${ids.length - 5} more`
    : ids.join(', ')
}

/** A path as a shell takes it. */
function quoted(path: string): string {
  return /[^\w./-]/.test(path) ? `'${path.replaceAll("'", `'\\''`)}'` : path
}
