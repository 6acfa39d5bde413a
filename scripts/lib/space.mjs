import { mkdirSync, statfsSync } from 'node:fs'
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
 * @param {number} needed bytes
 * @throws SetupError when the disk has less
 */
export function requireSpace(folder, needed) {
  mkdirSync(folder, { recursive: true })
  const { bavail, bsize } = statfsSync(folder)
  if (bavail * bsize >= needed) return
  throw noSpace(folder, `${gigabytes(needed)} are needed, ${gigabytes(bavail * bsize)} are free.`)
}

/**
 * An error of the file system as fact and remedy where it says that the disk is full; others as they are.
 * @param {unknown} error
 * @param {string} folder
 */
export function explainFull(error, folder) {
  const isFull = error instanceof Error && /ENOSPC|EDQUOT|No space left/i.test(error.message)
  return isFull ? noSpace(folder, 'The disk is full.') : error
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

/** @param {number} bytes */
function gigabytes(bytes) {
  return `${(bytes / 1e9).toFixed(1)} GB`
}
