import { existsSync } from 'node:fs'
import { which } from './places.mjs'
import { again, SetupError } from './report.mjs'
import { readStamp, removeStamp, writeStamp } from './stamp.mjs'

/**
 * For every source in C++. The tests compile with the same flags and take warnings for errors; here a
 * newer compiler's new warning should not cost anybody the kernels. g++ 12 warns of its own header for
 * AVX-512 (`_mm512_undefined_epi32`), hence no -Wmaybe-uninitialized.
 */
export const COMPILE = ['-std=c++17', '-O3', '-fno-math-errno', '-fno-trapping-math'].concat([
  '-fPIC',
  '-pthread',
  '-Wall',
  '-Wextra',
  '-Wno-maybe-uninitialized',
])

/**
 * Something that is built once for its sources; a build that failed is tried again only when asked.
 * @typedef {object} Built
 * @property {string} stamp file that says for which sources it was built
 * @property {string | null} key of its sources; null where there is nothing to build
 * @property {string} file
 */

/** @param {Built} built @param {boolean} retry whether a build that failed is to be tried again */
export function isBuilt({ stamp, key, file }, retry) {
  if (key === null) return true
  const found = readStamp(stamp)
  if (found?.key !== key) return false
  return found.available === true ? existsSync(file) : !retry
}

/** @param {Built} built @param {() => Promise<void>} build */
export async function buildOnce({ stamp, key }, build) {
  removeStamp(stamp)
  const known = /** @type {string} */ (key)
  try {
    await build()
    writeStamp(stamp, { key: known, available: true })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    writeStamp(stamp, { key: known, available: false, reason })
    throw error
  }
}

/**
 * The compiler for something that is named in its errors, such as `The trainer's kernels`.
 * @param {import('./context.mjs').Setup} setup
 * @param {string} what @param {'is' | 'are'} verb
 * @returns {(args: string[]) => Promise<unknown>}
 */
export function compilerFor(setup, what, verb) {
  if (!which('g++', setup.env)) {
    throw new SetupError(
      `${what} ${verb} built with g++, which is missing.`,
      `Install it (Debian, Ubuntu: sudo apt-get install g++) and ${again}.`,
    )
  }
  const failure = {
    fact: `${what} could not be built.`,
    remedy: `The lines above say why. It needs g++ 9 or newer; then ${again}.`,
  }
  return (args) => setup.require('g++', args, failure, { timeout: 300_000 })
}
