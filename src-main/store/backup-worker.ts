/** Entry of the thread that copies a project's database: a large one takes seconds. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'

export interface BackupTask {
  /** Absolute. */
  from: string
  /** Absolute; its folder exists. It is there whole or not at all. */
  to: string
}

if (!parentPort) throw new Error('This file is a thread of the workbench; it is not run by hand.')
const { from, to } = workerData as BackupTask
const part = `${to}.part`

try {
  rmSync(part, { force: true })
  const db = new Database(from, { readonly: true, timeout: 5000 })
  try {
    db.prepare('VACUUM INTO ?').run(part)
  } finally {
    db.close()
  }
  // A damaged database must not take the place of an older backup that is whole.
  const copy = new Database(part, { readonly: true })
  const found = copy.pragma('quick_check(1)', { simple: true })
  copy.close()
  if (found !== 'ok') throw new Error(`the database is damaged: ${String(found)}`)
  flush(part, 'r+')
  renameSync(part, to)
  flush(dirname(to), 'r')
  parentPort.postMessage(null)
} catch (error) {
  rmSync(part, { force: true })
  parentPort.postMessage(error instanceof Error ? error.message : String(error))
}

function flush(path: string, flags: 'r' | 'r+'): void {
  const descriptor = openSync(path, flags)
  fsyncSync(descriptor)
  closeSync(descriptor)
}
