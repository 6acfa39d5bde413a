import { createHash } from 'node:crypto'
import { createReadStream, existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import Database from 'better-sqlite3'
import { listBackups } from '../store/backups.ts'
import { checkSchema } from '../store/migrations.ts'
import { findStranded, folderNumbers, lastNumber, numberedFolders } from '../store/stranded.ts'
import { WorkbenchError } from '../base/workbench-error.ts'
import { checkCheckpoints } from '../trainer/checkpoint/checkpoints.ts'
import { isWholeDatabase } from './restore.ts'

/** One thing that was looked at: `error` is a loss or a danger, `note` is worth knowing. */
export interface Finding {
  level: 'ok' | 'note' | 'error'
  /** What was looked at: `database`, `run 3`, `backups`. */
  what: string
  message: string
}

interface RunFacts {
  id: number
  status: string
  started: string | null
  /** Hash of its list of videos. */
  videos: string | null
}

/**
 * Looks a project through and changes nothing: its database, foreign keys, the folder of each run with
 * the hashes of its checkpoints and of its list of videos, folders without a row, and backups.
 * @throws WorkbenchError when there is no such folder
 */
export async function* checkProject(folder: string): AsyncGenerator<Finding, void, undefined> {
  const absolute = resolve(folder)
  if (!statSync(absolute, { throwIfNoEntry: false })?.isDirectory()) {
    throw new WorkbenchError(
      `There is no project folder ${absolute}. Name the folder of a project.`,
    )
  }
  const file = join(absolute, 'workbench.sqlite')
  yield* checkFolders(absolute, file)
  const db = open(file)
  try {
    if (db) {
      yield* checkDatabase(db, file)
      for (const run of runsOf(db)) yield* checkRun(absolute, run)
      yield* checkOrphans(db, absolute)
    } else {
      yield {
        level: 'error',
        what: 'database',
        message: `${file} is missing or is not a database.`,
      }
    }
  } finally {
    db?.close()
  }
  yield* checkBackups(absolute)
}

function* checkFolders(folder: string, file: string): Generator<Finding> {
  const stranded = findStranded(folder, file)
  if (!stranded) return
  for (const kind of numberedFolders) {
    const ids = stranded.unknown[kind]
    if (ids.length === 0) continue
    const message =
      `The database is ${stranded.state}: it does not know ${kind}/ ${ids.join(', ')}. ` +
      "'project restore' adds them, or leaves them alone with --number-on."
    yield { level: 'error', what: kind, message }
  }
}

function open(file: string): Database.Database | null {
  if (!existsSync(file) || statSync(file).size === 0) return null
  try {
    const db = new Database(file, { readonly: true, timeout: 5000 })
    db.pragma('schema_version')
    return db
  } catch {
    return null
  }
}

function* checkDatabase(db: Database.Database, file: string): Generator<Finding> {
  const what = 'database'
  try {
    checkSchema(db, file)
    const faults = db.pragma('integrity_check(10)') as { integrity_check: string }[]
    const first = faults[0]?.integrity_check
    if (first === 'ok') yield { level: 'ok', what, message: 'integrity_check finds no fault' }
    else for (const { integrity_check: message } of faults) yield { level: 'error', what, message }
    const broken = db.pragma('foreign_key_check') as { table: string; parent: string }[]
    if (broken.length === 0) yield { level: 'ok', what, message: 'all foreign keys hold' }
    for (const [pair, rows] of Map.groupBy(
      broken,
      ({ table, parent }) => `${table} of ${parent}`,
    )) {
      const message = `${rows.length} rows of ${pair} refer to rows that no longer exist.`
      yield { level: 'error', what, message }
    }
  } catch (error) {
    yield { level: 'error', what, message: (error as Error).message }
  }
}

function runsOf(db: Database.Database): RunFacts[] {
  try {
    return db
      .prepare<[], RunFacts>(
        `SELECT id, status, started_at AS started,
           CASE WHEN json_valid(made_with) THEN made_with ->> 'videos' END AS videos FROM runs ORDER BY id`,
      )
      .all()
  } catch {
    return []
  }
}

async function* checkRun(
  folder: string,
  { id, status, started, videos }: RunFacts,
): AsyncGenerator<Finding> {
  const what = `run ${id}`
  const own = join(folder, 'runs', String(id))
  const error = (message: string): Finding => ({ level: 'error', what, message })
  if (!existsSync(own)) {
    if (started !== null) yield error(`It is ${status}, but its folder ${own} is missing.`)
    return
  }
  const list = join(own, 'videos.jsonl')
  if (videos !== null) {
    if (!existsSync(list)) yield error(`Its list of videos (${list}) is missing.`)
    else if ((await hashOf(list)) !== videos) {
      yield error(`Its list of videos (${list}) has changed since the start.`)
    }
  }
  try {
    const checkpoints = await checkCheckpoints(own)
    const faults = checkpoints.filter(({ fault }) => fault !== null)
    for (const { file, fault } of faults) yield error(`Checkpoint ${file}: ${fault}.`)
    const whole = checkpoints.length - faults.length
    if (faults.length === 0)
      yield { level: 'ok', what, message: `${whole} checkpoints are undamaged` }
    if (status === 'done' && whole === 0)
      yield error('It is done, but has no undamaged checkpoint.')
  } catch (fault) {
    yield error((fault as Error).message)
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** Folders whose number was given, but whose row is gone: what a deletion that was cut off leaves. */
function* checkOrphans(db: Database.Database, folder: string): Generator<Finding> {
  for (const kind of numberedFolders) {
    const known = new Set(db.prepare(`SELECT id FROM ${kind}`).pluck().all())
    const last = lastNumber(db, kind)
    for (const id of folderNumbers(folder, kind)) {
      if (known.has(id) || id > last) continue
      const own = join(folder, kind, String(id))
      const message = `${own} belongs to no row of the database. Delete it if you do not need it.`
      yield { level: 'note', what: kind, message }
    }
  }
}

function* checkBackups(folder: string): Generator<Finding> {
  const backups = listBackups(folder)
  const what = 'backups'
  if (backups.length === 0) {
    yield { level: 'note', what, message: 'There is none yet. One is made every day.' }
  }
  for (const { file } of backups) {
    yield isWholeDatabase(file)
      ? { level: 'ok', what, message: `${file} is undamaged` }
      : { level: 'error', what, message: `${file} is damaged. Delete it.` }
  }
}
