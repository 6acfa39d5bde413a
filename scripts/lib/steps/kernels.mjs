import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, join } from 'node:path'
import {
  architecture,
  chooseKernels,
  kernelFileName,
} from '../../../src-main/trainer/engine/processor.mjs'
import { which } from '../places.mjs'
import { SetupError } from '../report.mjs'
import { hashFiles, readStamp, removeStamp, stampFile, writeStamp } from '../stamp.mjs'

/**
 * For every source. The tests compile with the same flags and take warnings for errors; here a newer
 * compiler's new warning should not cost anybody the kernels. g++ 12 warns of its own header for
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
 * Builds the trainer's own kernels for TensorFlow with everything that this machine's processor can
 * do. Without them training works at TensorFlow's own speed. With `FAME_KERNELS=avx2` it builds
 * those of an AVX2 processor beside them; other sets likewise.
 * @type {import('../context.mjs').Step}
 */
export const kernels = {
  name: 'kernels',
  title: "Build the trainer's kernels for this processor",
  optional: true,
  ready(setup) {
    if (chooseKernels().problem !== null) return false
    const key = keyOf(setup.places)
    if (key === null) return true
    const stamp = readStamp(stampOf(setup.places))
    if (stamp?.key !== key) return false
    return stamp.available === true ? existsSync(kernelFile(setup.places)) : !setup.retry
  },
  async perform(setup) {
    const { problem } = chooseKernels()
    if (problem !== null) throw new SetupError(problem.fact, problem.remedy)
    const { places } = setup
    const stamp = stampOf(places)
    const key = /** @type {string} */ (keyOf(places))
    removeStamp(stamp)
    try {
      await compile(setup)
      writeStamp(stamp, { key, available: true })
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      writeStamp(stamp, { key, available: false, reason })
      setup.report.line('  Training works without them, more slowly.')
      throw error
    }
  },
}

/** @param {import('../context.mjs').Setup} setup */
async function compile(setup) {
  const { places } = setup
  if (!which('g++', setup.env)) {
    throw new SetupError(
      "The trainer's kernels are built with g++, which is missing.",
      'Install it (Debian, Ubuntu: sudo apt-get install g++) and run `npm run setup`.',
    )
  }
  const file = kernelFile(places)
  const { include, lib } = tensorflow(places)
  mkdirSync(join(places.root, 'out', 'kernels'), { recursive: true })
  const objects = mkdtempSync(`${file}.`)
  try {
    const made = await inParallel(unitsOf(places), async (source) => {
      const object = join(objects, `${basename(source, '.cc')}.o`)
      const flags = [...COMPILE, ...architecture(), '-isystem', include]
      await gpp(setup, [...flags, '-c', source, '-o', object])
      return object
    })
    const linked = join(objects, 'linked')
    const libraries = ['-L', lib, '-ltensorflow_framework', '-pthread']
    await gpp(setup, ['-shared', ...made, '-o', linked, ...libraries])
    renameSync(linked, file)
  } finally {
    rmSync(objects, { recursive: true, force: true })
  }
}

/** @param {import('../context.mjs').Setup} setup @param {string[]} args */
function gpp(setup, args) {
  const failure = {
    fact: "The trainer's kernels could not be built.",
    remedy: 'The lines above say why. It needs g++ 9 or newer; then run `npm run setup`.',
  }
  return setup.require('g++', args, failure, { timeout: 300_000 })
}

/**
 * Maps items, as many at a time as there are processor cores. After a failure it begins no more.
 * @template T, R
 * @param {T[]} items @param {(item: T) => Promise<R>} work
 * @returns {Promise<R[]>}
 */
async function inParallel(items, work) {
  /** @type {R[]} */
  const results = []
  const rest = items.entries()
  const one = async () => {
    for (const [i, item] of rest) results[i] = await work(item)
  }
  await Promise.all(Array.from({ length: availableParallelism() }, one))
  return results
}

/**
 * TensorFlow's headers and libraries, which come with its binding.
 * @param {import('../places.mjs').Places} places
 */
function tensorflow(places) {
  const deps = join(places.binding, 'deps')
  return { include: join(deps, 'include'), lib: join(deps, 'lib') }
}

/**
 * What is built; `src-main/trainer/engine/kernels.ts` looks for the same name.
 * @param {import('../places.mjs').Places} places
 */
export function kernelFile(places) {
  return join(places.root, 'out', 'kernels', kernelFileName() ?? 'none')
}

/**
 * Each set of kernels has its own stamp, so that building one does not make the other stale.
 * @param {import('../places.mjs').Places} places
 */
function stampOf(places) {
  return stampFile(places, `kernels-${chooseKernels().set}`)
}

/**
 * Null where there is nothing to build: another system or processor, no TensorFlow, or none wanted.
 * @param {import('../places.mjs').Places} places
 */
function keyOf(places) {
  const tensorflow = readStamp(stampFile(places, 'tensorflow'))
  const file = kernelFileName()
  if (process.platform !== 'linux' || file === null || !tensorflow?.available) return null
  const what = [hashFiles(places.root, sources(places)), tensorflow.binding, file]
  return createHash('sha256').update(what.join('\n')).digest('hex')
}

/**
 * Every source and header of the kernels, sorted.
 * @param {import('../places.mjs').Places} places
 */
export function sources({ root }) {
  const folder = join(root, 'src-main', 'trainer', 'native')
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).filter((name) => /\.(cc|h)$/.test(name))
  return names.sort().map((name) => join(folder, name))
}

/**
 * What the compiler is called for, one at a time.
 * @param {import('../places.mjs').Places} places
 */
export function unitsOf(places) {
  return sources(places).filter((source) => source.endsWith('.cc'))
}
