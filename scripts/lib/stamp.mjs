import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { filesUnder } from './places.mjs'

/**
 * A stamp says that a step was finished, and for which inputs (`key`). It is written last and at
 * once (temporary file, then rename), so a step that was killed has none.
 * @typedef {{ key: string, [name: string]: unknown }} Stamp
 */

/**
 * @param {string} file
 * @returns {Stamp | null} null too when the file cannot be read as a stamp
 */
export function readStamp(file) {
  try {
    const value = JSON.parse(readFileSync(file, 'utf8'))
    return typeof value?.key === 'string' ? value : null
  } catch {
    return null
  }
}

/**
 * @param {string} file
 * @param {Stamp} stamp
 */
export function writeStamp(file, stamp) {
  mkdirSync(dirname(file), { recursive: true })
  const temporary = `${file}.${process.pid}.tmp`
  const handle = openSync(temporary, 'w')
  try {
    writeSync(handle, JSON.stringify(stamp, null, 2) + '\n')
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(temporary, file)
}

/** @param {string} file */
export function removeStamp(file) {
  rmSync(file, { force: true })
}

/**
 * Makes the stamp newer than its inputs: the launcher compares times alone.
 * @param {string} file
 */
export function touchStamp(file) {
  const now = new Date()
  utimesSync(file, now, now)
}

/**
 * SHA-256 over the names and contents of files and folders, as hexadecimal.
 * @param {string} root names are taken relative to it
 * @param {string[]} paths absolute
 */
export function hashFiles(root, paths) {
  const hash = createHash('sha256')
  for (const file of filesUnder(paths)) {
    hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0')
  }
  return hash.digest('hex')
}

/** @param {string} text */
export function hashText(text) {
  return createHash('sha256').update(text).digest('hex')
}

/**
 * @param {import('./places.mjs').Places} places
 * @param {string} step
 */
export function stampFile(places, step) {
  return join(places.state, `${step}.json`)
}

/** @param {string} file */
export function hashFileIfThere(file) {
  return existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex') : ''
}
