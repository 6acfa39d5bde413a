import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, join } from 'node:path'
import {
  architecture,
  chooseKernels,
  kernelFileName,
} from '../../../src-main/trainer/engine/processor.mjs'
import { kernelKey, kernelSources } from '../../../src-main/trainer/engine/kernel-sources.mjs'
import { buildOnce, COMPILE, compilerFor, isBuilt } from '../native.mjs'
import { SetupError } from '../report.mjs'
import { readStamp, stampFile } from '../stamp.mjs'

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
  ready({ places, retry }) {
    return chooseKernels().problem === null && isBuilt(builtOf(places), retry)
  },
  async perform(setup) {
    const { problem } = chooseKernels()
    if (problem !== null) throw new SetupError(problem.fact, problem.remedy)
    try {
      await buildOnce(builtOf(setup.places), () => compile(setup))
    } catch (error) {
      setup.report.line('  Training works without them, more slowly.')
      throw error
    }
  },
}

/** @param {import('../places.mjs').Places} places @returns {import('../native.mjs').Built} */
function builtOf(places) {
  return { stamp: stampOf(places), key: keyOf(places), file: kernelFile(places) }
}

/** @param {import('../context.mjs').Setup} setup */
async function compile(setup) {
  const { places } = setup
  const gpp = compilerFor(setup, "The trainer's kernels", 'are')
  const file = kernelFile(places)
  const [include, lib] = ['include', 'lib'].map((name) => join(places.deps, name))
  const units = unitsOf(places)
  let done = 0
  mkdirSync(places.kernels, { recursive: true })
  const objects = mkdtempSync(`${file}.`)
  try {
    const made = await inParallel(units, async (source) => {
      const object = join(objects, `${basename(source, '.cc')}.o`)
      const flags = [...COMPILE, ...architecture(), '-isystem', include]
      await gpp([...flags, '-c', source, '-o', object])
      setup.report.phase('kernels', ++done, units.length)
      return object
    })
    const linked = join(objects, 'linked')
    const libraries = ['-L', lib, '-ltensorflow_framework', '-pthread']
    await gpp(['-shared', ...made, '-o', linked, ...libraries])
    renameSync(linked, file)
  } finally {
    rmSync(objects, { recursive: true, force: true })
  }
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
 * What is built; `src-main/trainer/engine/kernels.ts` looks for the same name.
 * @param {import('../places.mjs').Places} places
 */
export function kernelFile(places) {
  return join(places.kernels, kernelFileName() ?? 'none')
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
  return kernelKey(places.root, tensorflow.binding, file)
}

/**
 * What the compiler is called for, one at a time.
 * @param {import('../places.mjs').Places} places
 */
export function unitsOf({ root }) {
  return kernelSources(root).filter((source) => source.endsWith('.cc'))
}
