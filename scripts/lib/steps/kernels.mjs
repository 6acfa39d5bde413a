import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { which } from '../places.mjs'
import { architecture, heldToAvx2, processor } from '../processor.mjs'
import { SetupError } from '../report.mjs'
import { hashFiles, readStamp, removeStamp, stampFile, writeStamp } from '../stamp.mjs'

/**
 * Builds the trainer's own kernels for TensorFlow with everything that this machine's processor can
 * do. Without them training works at TensorFlow's own speed. With `FAME_KERNELS=avx2` it builds
 * those of an AVX2 processor beside them.
 * @type {import('../context.mjs').Step}
 */
export const kernels = {
  name: 'kernels',
  title: "Build the trainer's kernels for this processor",
  optional: true,
  ready(setup) {
    const key = keyOf(setup.places)
    if (key === null) return true
    const stamp = readStamp(stampOf(setup.places))
    if (stamp?.key !== key) return false
    return stamp.available === true ? existsSync(kernelFile(setup.places)) : !setup.retry
  },
  async perform(setup) {
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
  const partial = `${file}.${process.pid}.part`
  const deps = join(places.binding, 'deps')
  mkdirSync(join(places.root, 'out', 'kernels'), { recursive: true })
  await setup.require(
    'g++',
    [
      ...['-std=c++17', '-O3', `-march=${architecture()}`],
      ...['-fno-math-errno', '-fno-trapping-math'],
      ...['-shared', '-fPIC', '-pthread', '-w', '-I', join(deps, 'include')],
      ...sources(places).filter((source) => source.endsWith('.cc')),
      ...['-o', partial, '-L', join(deps, 'lib'), '-ltensorflow_framework'],
    ],
    {
      fact: "The trainer's kernels could not be built.",
      remedy: 'The lines above say why. It needs g++ 9 or newer; then run `npm run setup`.',
    },
    { timeout: 300_000 },
  )
  renameSync(partial, file)
}

/**
 * What is built, named after the processor's abilities: on another machine it is not found, instead
 * of ending the trainer. `src-main/trainer/engine/kernels.ts` looks for the same name.
 * @param {import('../places.mjs').Places} places
 */
export function kernelFile(places) {
  return join(places.root, 'out', 'kernels', `fame-kernels-${processor()}.node`)
}

/**
 * Each set of kernels has its own stamp, so that building one does not make the other stale.
 * @param {import('../places.mjs').Places} places
 */
function stampOf(places) {
  return stampFile(places, heldToAvx2() ? 'kernels-avx2' : 'kernels')
}

/**
 * Null where there is nothing to build: another system or processor, or no TensorFlow.
 * @param {import('../places.mjs').Places} places
 */
function keyOf(places) {
  const tensorflow = readStamp(stampFile(places, 'tensorflow'))
  if (process.platform !== 'linux' || process.arch !== 'x64' || !tensorflow?.available) return null
  const what = [hashFiles(places.root, sources(places)), tensorflow.binding, processor()]
  return createHash('sha256').update(what.join('\n')).digest('hex')
}

/** @param {import('../places.mjs').Places} places */
function sources({ root }) {
  const names = ['addon', 'conv', 'conv-filter', 'filter-gradient', 'max-pool', 'norm'].concat(
    'temporal-conv',
    'update',
  )
  const headers = [
    'conv-sizes.h',
    'kernel.h',
    'numbers.h',
    'product.h',
    'tiles.h',
    'vector.h',
  ].concat('workers.h')
  return [...names.map((name) => `${name}.cc`), ...headers].map((name) =>
    join(root, 'src-main', 'trainer', 'native', name),
  )
}
