import { basename, join, resolve } from 'node:path'
import { makeFolder } from '../make-folder.ts'
import { Backups } from './backups.ts'
import type { DatabaseOptions } from './database.ts'
import { lockProject, type ProjectLock } from './lock.ts'
import { Store } from './store.ts'
import { refuseStranded } from './stranded.ts'
import { WorkbenchError } from './workbench-error.ts'

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

/**
 * Opens a project folder, made when it is missing. Its one writer holds a lock; `readonly` needs
 * none, makes nothing, and may be used while a workbench has the project open.
 * @throws WorkbenchError when the database is lost or older than the folders beside it, when another
 * workbench holds the folder, when it cannot be made, or as
 * `openDatabase`.
 */
export function openProject(folder: string, options: DatabaseOptions = {}): Project {
  const absolute = resolve(folder)
  const file = join(absolute, 'workbench.sqlite')
  if (options.readonly) {
    refuseStranded(absolute, file)
    return new Project(absolute, new Store(file, options), null)
  }
  makeProjectFolder(absolute)
  const lock = lockProject(absolute)
  try {
    refuseStranded(absolute, file)
    return new Project(absolute, new Store(file, options), lock)
  } catch (error) {
    lock.release()
    throw error
  }
}

function makeProjectFolder(folder: string): void {
  try {
    makeFolder(folder)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new WorkbenchError(
      `The project folder ${folder} cannot be made (${reason}). Choose a folder you may write to.`,
    )
  }
}
