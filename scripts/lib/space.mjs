import { existsSync, mkdirSync, readdirSync, statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { again, SetupError } from './report.mjs'

/**
 * Bytes that setting TensorFlow up takes: what is fetched, and what the folder must hold at most,
 * while a wheel and what comes out of it are both there. Those for CUDA are about right: NVIDIA's
 * wheels change.
 * @type {Record<import('./tensorflow-library.mjs').Kind, { download: number, disk: number }>}
 */
export const needs = {
  cpu: { download: 273_829_956, disk: 1.5e9 },
  cuda: { download: 6e9, disk: 14e9 },
}

/**
 * @param {string} folder made where it is missing
 * @param {number} most bytes that it takes from the beginning
 * @param {string} [downloads] folder of what an earlier try has fetched, which is used again
 * @throws SetupError when the disk has less
 */
export function requireSpace(folder, most, downloads) {
  mkdirSync(folder, { recursive: true })
  const needed = most - (downloads ? bytesOf(downloads) : 0)
  const { bavail, bsize } = statfsSync(folder)
  if (bavail * bsize >= needed) return
  throw noSpace(folder, `${gigabytes(needed)} are needed, ${gigabytes(bavail * bsize)} are free.`)
}

/** @param {string} text of an error, or a command's output */
export function saysFull(text) {
  return /ENOSPC|EDQUOT|No space left|Disk quota exceeded/i.test(text)
}

/**
 * An error of the file system as fact and remedy where it says that the disk is full; others as they are.
 * @param {unknown} error
 * @param {string} folder
 */
export function explainFull(error, folder) {
  const isFull = error instanceof Error && saysFull(error.message)
  return isFull ? diskFull(folder) : error
}

/** @param {string} folder */
export function diskFull(folder) {
  return noSpace(folder, 'The disk is full.')
}

/**
 * @param {string} folder
 * @param {string} fact
 */
function noSpace(folder, fact) {
  return new SetupError(
    `There is too little space for TensorFlow in ${folder}: ${fact}`,
    `Free some, or name a folder on another disk with FAME_CACHE, then ${again}.`,
  )
}

/**
 * Bytes of wheels, whole ones and those that came in part.
 * @param {string} folder
 */
function bytesOf(folder) {
  const files = existsSync(folder) ? readdirSync(folder) : []
  const kept = files.filter((name) => /\.whl(\.part)?$/.test(name))
  return kept.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
}

/** @param {number} bytes */
function gigabytes(bytes) {
  return `${(bytes / 1e9).toFixed(1)} GB`
}
