import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { endGroup, identify, isAlive, pause } from './processes.mjs'

/**
 * @typedef {import('./processes.mjs').ProcessId} ProcessId
 * @typedef {{ owner: ProcessId, children: ProcessId[] }} LockContent
 */

/** A takeover takes milliseconds; one this old was left by a process that died in it. */
const takeoverLimit = 10_000

/** One set-up at a time: a file that names its owner, and the commands that the owner runs. */
export class Lock {
  /** @param {string} file */
  constructor(file) {
    this.file = file
    /** @type {LockContent} */
    this.content = { owner: identify(process.pid), children: [] }
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
   * Notes a command that runs now, so that the process that takes over can end it.
   * @param {number} pid leader of a process group
   */
  addChild(pid) {
    this.write([...this.content.children, identify(pid)])
  }

  /** @param {number} pid of a command that has ended */
  removeChild(pid) {
    this.write(this.content.children.filter((child) => child.pid !== pid))
  }

  /** @param {ProcessId[]} children */
  write(children) {
    this.content.children = children
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
      const left = held?.children ?? []
      await Promise.all(left.map((child) => endGroup(child, takeoverLimit / 4)))
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
