import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { endGroup, identify, isAlive, pause } from './processes.mjs'

/**
 * @typedef {import('./processes.mjs').ProcessId} ProcessId
 * @typedef {{ owner: ProcessId, child: ProcessId | null }} LockContent
 */

/** A takeover takes milliseconds; one this old was left by a process that died in it. */
const takeoverLimit = 10_000

/** One set-up at a time: a file that names its owner, and the command the owner is running. */
export class Lock {
  /** @param {string} file */
  constructor(file) {
    this.file = file
    /** @type {LockContent} */
    this.content = { owner: identify(process.pid), child: null }
  }

  /**
   * Waits until the lock is ours. The lock of a dead process is taken over, and what that process
   * left running is ended first: it would write into the same folders.
   * @param {(owner: number) => void} [waiting] called once when another set-up holds it
   */
  async acquire(waiting = () => {}) {
    mkdirSync(dirname(this.file), { recursive: true })
    let told = false
    while (!this.create()) {
      const held = this.read()
      if (held && isAlive(held.owner)) {
        if (!told) waiting(held.owner.pid)
        told = true
        await pause(200)
      } else {
        await this.takeOver()
      }
    }
  }

  /**
   * Notes the command that runs now, so that whoever takes over can end it.
   * @param {number | null} pid leader of a process group
   */
  setChild(pid) {
    this.content.child = pid === null ? null : identify(pid)
    const temporary = `${this.file}.${process.pid}.tmp`
    writeFileSync(temporary, JSON.stringify(this.content))
    renameSync(temporary, this.file)
  }

  release() {
    if (this.read()?.owner.pid === process.pid) rmSync(this.file, { force: true })
  }

  /** @returns {LockContent | null} null when there is none, or it was never written to its end */
  read() {
    try {
      return JSON.parse(readFileSync(this.file, 'utf8'))
    } catch {
      return null
    }
  }

  create() {
    return createOnly(this.file, JSON.stringify(this.content))
  }

  /** Two that wait must not both remove the stale file: the second would remove the first's. */
  async takeOver() {
    const guard = `${this.file}.takeover`
    if (!createOnly(guard, '')) {
      if (ageOf(guard) > takeoverLimit) rmSync(guard, { force: true })
      return pause(50)
    }
    try {
      const held = this.read()
      if (held ? isAlive(held.owner) : ageOf(this.file) < 1000) return pause(50)
      if (held?.child) await endGroup(held.child, takeoverLimit / 4)
      rmSync(this.file, { force: true })
    } finally {
      rmSync(guard, { force: true })
    }
  }
}

/**
 * @param {string} file
 * @param {string} text
 * @returns {boolean} false when the file is there already
 */
function createOnly(file, text) {
  try {
    writeFileSync(file, text, { flag: 'wx' })
    return true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false
    throw error
  }
}

/** @param {string} file */
function ageOf(file) {
  try {
    return Date.now() - statSync(file).mtimeMs
  } catch {
    return 0
  }
}
