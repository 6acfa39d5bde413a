/** Entry of the thread that copies a project's database: a large one takes seconds. */
import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { PartFile } from '../base/files/atomic-write.ts'

export interface BackupTask {
  /** Absolute. */
  from: string
  /** Absolute; its folder exists. It is there whole or not at all. */
  to: string
}

if (!parentPort)
  throw new Error('This file is a thread of the workbench and cannot be run by itself.')
const { from, to } = workerData as BackupTask
const part = new PartFile(to)

try {
  part.dropSync()
  const db = new Database(from, { readonly: true, timeout: 5000 })
  try {
    db.prepare('VACUUM INTO ?').run(part.path)
  } finally {
    db.close()
  }
  // A damaged database must not take the place of an older backup that is whole.
  const copy = new Database(part.path, { readonly: true })
  const found = copy.pragma('quick_check(1)', { simple: true })
  copy.close()
  if (found !== 'ok') throw new Error(`the database is damaged: ${String(found)}`)
  part.keepSync('all')
  parentPort.postMessage(null)
} catch (error) {
  part.dropSync()
  parentPort.postMessage(error instanceof Error ? error.message : String(error))
}
