import type { Database } from 'better-sqlite3'
import { evaluations } from './schema/evaluations.ts'
import { foundations } from './schema/foundations.ts'
import { frameMasks } from './schema/frame-masks.ts'
import { frameRates } from './schema/frame-rates.ts'
import { imports } from './schema/imports.ts'
import { maskQueue } from './schema/mask-queue.ts'
import { masks } from './schema/masks.ts'
import { pauses } from './schema/pauses.ts'
import { pictures } from './schema/pictures.ts'
import { runs } from './schema/runs.ts'
import { WorkbenchError } from '../base/workbench-error.ts'

/** 'FAME' in ASCII: marks a SQLite file as a workbench's (PRAGMA application_id). */
const APPLICATION_ID = 0x46414d45

/**
 * Step k takes a database from schema version k to k + 1. Steps are never edited, only added at the
 * end; a file holds some that follow each other.
 */
const migrations: readonly string[] = [
  ...foundations,
  ...masks,
  ...runs,
  ...maskQueue,
  ...evaluations,
  ...imports,
  ...pictures,
  ...pauses,
  ...frameRates,
  ...frameMasks,
]

/** The schema version this program writes (PRAGMA user_version). */
export const SCHEMA_VERSION = migrations.length

/**
 * Refuses a database that this program must not touch.
 * @throws WorkbenchError when the file is another program's or a newer workbench's.
 */
export function checkSchema(db: Database, file: string): void {
  const application = readNumber(db, 'application_id')
  const version = schemaVersion(db)
  const tables = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get()
  if (application !== APPLICATION_ID && (tables !== 0 || application !== 0 || version !== 0)) {
    throw new WorkbenchError(
      `${file} is the database of another program. Choose another project folder.`,
    )
  }
  if (version > SCHEMA_VERSION) {
    throw new WorkbenchError(
      `${file} has schema ${version}; this workbench knows up to ${SCHEMA_VERSION}. ` +
        'Open the project with the newer workbench that wrote it, or update this one.',
    )
  }
}

/** Brings the schema up to version `to`, each step whole or not at all. */
export function migrate(db: Database, to: number = SCHEMA_VERSION): void {
  for (let version = schemaVersion(db); version < to; version++) {
    const step = db.transaction(() => {
      db.exec(migrations[version])
      db.pragma(`application_id = ${APPLICATION_ID}`)
      db.pragma(`user_version = ${version + 1}`)
    })
    step.immediate()
  }
}

/** The schema version found in a database; 0 is an empty one. */
export function schemaVersion(db: Database): number {
  return readNumber(db, 'user_version')
}

function readNumber(db: Database, pragma: string): number {
  return Number(db.pragma(pragma, { simple: true }))
}
