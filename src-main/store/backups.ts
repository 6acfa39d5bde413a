import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { entryPath } from '../base/processes/entry-path.ts'
import { threadFlags } from '../base/processes/thread-flags.ts'
import type { BackupTask } from './backup-worker.ts'

/** How many are kept. */
const KEPT = 3
/** Time between two backups, in ms. */
const EVERY = 24 * 3600 * 1000
/** Time between two looks at whether one is due, in ms. */
const LOOK_EVERY = 3600 * 1000
/** Time after the start until the first look, in ms: opening comes first. */
const SETTLE = 60_000
const NAME = /^workbench-(\d{4}-\d\d-\d\dT\d{6}Z)\.sqlite$/

export interface Backup {
  /** Absolute. */
  file: string
  /** ms since 1970, by the name. */
  at: number
  bytes: number
}

/** `<project>/backups` */
export function backupFolder(projectFolder: string): string {
  return join(projectFolder, 'backups')
}

/** The backups of a project, newest first. */
export function listBackups(projectFolder: string): Backup[] {
  const folder = backupFolder(projectFolder)
  const names = statSync(folder, { throwIfNoEntry: false })?.isDirectory()
    ? readdirSync(folder)
    : []
  return names
    .flatMap((name) => {
      const stamp = NAME.exec(name)?.[1]
      if (stamp === undefined) return []
      const file = join(folder, name)
      const iso = stamp.replace(/T(\d\d)(\d\d)(\d\d)Z/, 'T$1:$2:$3Z')
      return [{ file, at: Date.parse(iso), bytes: statSync(file).size }]
    })
    .sort((a, b) => b.at - a.at)
}

export interface BackupOptions {
  /** Absolute; of the project. */
  folder: string
  /** Absolute; the database. */
  database: string
  /** ms since 1970. Default `Date.now`. */
  now?: () => number
}

/** Copies a project's database once a day, in a thread of its own, and keeps the three newest. */
export class Backups {
  private readonly options: Required<BackupOptions>
  private timer: NodeJS.Timeout | null = null
  private making: Promise<void> | null = null
  private onFailure: (message: string) => void = () => undefined
  /** Why the last one could not be made; null when it could. */
  failure: string | null = null

  constructor(options: BackupOptions) {
    this.options = { now: Date.now, ...options }
  }

  /**
   * Makes one whenever one is due, as long as the project is open.
   * @param onFailure called when one cannot be made; the next try is in an hour
   */
  start(onFailure: (message: string) => void): void {
    this.onFailure = onFailure
    this.timer = setTimeout(() => void this.look(), SETTLE).unref()
  }

  /** Makes one if the newest is more than a day old. Never rejects. */
  async makeIfDue(): Promise<void> {
    const [newest] = listBackups(this.options.folder)
    const age = newest ? this.options.now() - newest.at : Infinity
    // A clock that was put back must not end the backups.
    if (age >= 0 && age < EVERY) return
    await this.make()
  }

  /** Waits for the one that is being made, and makes no more. */
  async close(): Promise<void> {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    await this.making
  }

  private async look(): Promise<void> {
    await this.makeIfDue()
    if (this.timer) this.timer = setTimeout(() => void this.look(), LOOK_EVERY).unref()
  }

  private make(): Promise<void> {
    this.making ??= this.makeOne()
      .then(() => (this.failure = null))
      .catch((error: unknown) => {
        const { message } = error as Error
        this.failure = message
        this.onFailure(message)
      })
      .then(() => {
        this.making = null
      })
    return this.making
  }

  private async makeOne(): Promise<void> {
    const { folder, database, now } = this.options
    mkdirSync(backupFolder(folder), { recursive: true })
    const stamp = new Date(now()).toISOString().replaceAll(':', '').replace(/\.\d+/, '')
    await copyApart({ from: database, to: join(backupFolder(folder), `workbench-${stamp}.sqlite`) })
    for (const { file } of listBackups(folder).slice(KEPT)) rmSync(file, { force: true })
  }
}

/** @throws Error saying why the copy could not be made */
async function copyApart(workerData: BackupTask): Promise<void> {
  const worker = new Worker(entryPath('backup'), { workerData, execArgv: threadFlags() })
  try {
    const fault = await new Promise<string | null>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', () => reject(new Error('The thread that copies it ended early.')))
    })
    if (fault !== null) throw new Error(fault)
  } finally {
    await worker.terminate()
  }
}
