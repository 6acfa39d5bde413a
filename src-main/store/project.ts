import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { Backups } from './backups.ts'
import type { DatabaseOptions } from './database.ts'
import { lockProject, type ProjectLock } from './lock.ts'
import { Store } from './store.ts'
import { refuseNetworkFolder } from './network-folder.ts'
import { checkPath, keepPrivate, makeProjectFolder, refuseReadOnly } from './project-folder.ts'
import { refuseStranded } from './stranded.ts'
import { WorkbenchError } from '../base/workbench-error.ts'

/**
 * A project folder:
 * - `workbench.sqlite`: the store
 * - `runs/<id>/`: of each run its checkpoints, what it measured, and the clips it took lately
 * - `evaluations/<id>/`: what each evaluation says of single videos, and what it draws
 * - `logs/`: what each trainer process wrote
 * - `backups/`: copies of the store, one a day, and databases that a restore has moved aside
 * - `cache/`: pictures and features, may be deleted at any time
 * - `sessions/`: browsers that have logged in to the web host
 * - `sample/`: the sample data set, when it was made
 * - `exports/`: masks of data sets that were removed, and what else was exported there
 */
export class Project {
  /** Absolute. */
  readonly folder: string
  readonly store: Store
  /** What was changed about the folder when it was opened, for people. */
  readonly notes: string[] = []
  /** Daily copies of the store; only who writes makes them. */
  readonly backups: Backups
  private readonly lock: ProjectLock | null

  constructor(folder: string, store: Store, lock: ProjectLock | null) {
    this.folder = folder
    this.store = store
    this.backups = new Backups({ folder, database: join(folder, 'workbench.sqlite') })
    this.lock = lock
  }

  get name(): string {
    return basename(this.folder)
  }

  get cacheFolder(): string {
    return join(this.folder, 'cache')
  }

  get sampleFolder(): string {
    return join(this.folder, 'sample')
  }

  get exportsFolder(): string {
    return join(this.folder, 'exports')
  }

  runFolder(id: number): string {
    return join(this.folder, 'runs', String(id))
  }

  evaluationFolder(id: number): string {
    return join(this.folder, 'evaluations', String(id))
  }

  /** Features of videos that encoders have made. */
  get featureFolder(): string {
    return join(this.cacheFolder, 'features')
  }

  /** Optical flow of videos, which host and loader threads share. */
  get flowFolder(): string {
    return join(this.cacheFolder, 'flow')
  }

  logFile(kind: 'run' | 'evaluation', id: number): string {
    return join(this.folder, 'logs', `${kind}-${id}.log`)
  }

  /** What trainers wrote that only tried something out. */
  get probeLog(): string {
    return join(this.folder, 'logs', 'probe.log')
  }

  /** Names the trainer process while there is one. */
  get pidFile(): string {
    return join(this.folder, 'logs', 'trainer.pid')
  }

  close(): void {
    try {
      this.store.close()
    } finally {
      this.lock?.release()
    }
  }
}

export interface ProjectOptions extends DatabaseOptions {
  /** Refuse a project that is not there instead of making it. Default false. */
  existing?: boolean
}

/**
 * Opens a project folder, made when it is missing unless `existing` is set. Its one writer holds a lock; `readonly` needs
 * none, makes nothing, and may be used while a workbench has the project open.
 * @throws WorkbenchError when the database is lost or older than the folders beside it, when another
 * workbench holds the folder, when it cannot be made, or as
 * `openDatabase`.
 */
export function openProject(folder: string, options: ProjectOptions = {}): Project {
  const absolute = resolve(folder)
  const file = join(absolute, 'workbench.sqlite')
  if (options.readonly) {
    checkPath(absolute)
    refuseStranded(absolute, file)
    return new Project(absolute, new Store(file, options), null)
  }
  if (options.existing) refuseMissing(absolute, file)
  refuseNetworkFolder(absolute)
  makeProjectFolder(absolute)
  refuseReadOnly(absolute)
  const lock = lockProject(absolute)
  try {
    refuseStranded(absolute, file)
    const project = new Project(absolute, new Store(file, options), lock)
    if (keepPrivate(absolute)) project.notes.push(nowPrivate(absolute))
    return project
  } catch (error) {
    lock.release()
    throw error
  }
}

/** @throws WorkbenchError when there is no database; then nothing is left behind */
function refuseMissing(folder: string, file: string): void {
  if (existsSync(file)) return
  checkPath(folder)
  refuseStranded(folder, file)
  throw new WorkbenchError(`There is no project at ${file}. Index a data set into it first.`)
}

function nowPrivate(folder: string): string {
  return (
    `Other users of this machine could read the project ${folder}. Its folders and its database are ` +
    'now readable only by you.'
  )
}
