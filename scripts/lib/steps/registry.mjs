import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { which } from '../places.mjs'
import { SetupError } from '../report.mjs'
import { hashFiles, readStamp, removeStamp, stampFile, writeStamp } from '../stamp.mjs'
import { COMPILE } from './kernels.mjs'

/**
 * Builds the small library that reads which kernels TensorFlow has registered. Without it training
 * works, but a kernel that is missing is only found when it is needed.
 * @type {import('../context.mjs').Step}
 */
export const registry = {
  name: 'registry',
  title: "Build the reader of TensorFlow's registry",
  optional: true,
  ready({ places, retry }) {
    const key = keyOf(places)
    if (key === null) return true
    const stamp = readStamp(stampFile(places, 'registry'))
    if (stamp?.key !== key) return false
    return stamp.available === true ? existsSync(registryFile(places)) : !retry
  },
  async perform(setup) {
    const { places } = setup
    const stamp = stampFile(places, 'registry')
    const key = /** @type {string} */ (keyOf(places))
    removeStamp(stamp)
    try {
      await compile(setup)
      writeStamp(stamp, { key, available: true })
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      writeStamp(stamp, { key, available: false, reason })
      throw error
    }
  },
}

/** @param {import('../context.mjs').Setup} setup */
async function compile(setup) {
  const { places } = setup
  if (!which('g++', setup.env)) {
    throw new SetupError(
      "The reader of TensorFlow's registry is built with g++, which is missing.",
      'Install it (Debian, Ubuntu: sudo apt-get install g++) and run `npm run setup`.',
    )
  }
  const file = registryFile(places)
  const part = `${file}.part`
  mkdirSync(join(places.root, 'out', 'kernels'), { recursive: true })
  const deps = join(places.binding, 'deps')
  const paths = ['-isystem', join(deps, 'include'), '-L', join(deps, 'lib')]
  const failure = {
    fact: "The reader of TensorFlow's registry could not be built.",
    remedy: 'The lines above say why. It needs g++ 9 or newer; then run `npm run setup`.',
  }
  try {
    const args = [...COMPILE, '-shared', ...paths, sourceOf(places), '-o', part, '-ltensorflow']
    await setup.require('g++', args, failure, { timeout: 300_000 })
    renameSync(part, file)
  } finally {
    rmSync(part, { force: true })
  }
}

/**
 * `src-main/trainer/engine/registry.ts` looks for the same name.
 * @param {import('../places.mjs').Places} places
 */
export function registryFile(places) {
  return join(places.root, 'out', 'kernels', 'registry.node')
}

/** @param {import('../places.mjs').Places} places */
function sourceOf({ root }) {
  return join(root, 'src-main', 'trainer', 'native', 'registry', 'registry.cc')
}

/**
 * Null where there is nothing to build: another system, or no TensorFlow.
 * @param {import('../places.mjs').Places} places
 */
function keyOf(places) {
  const tensorflow = readStamp(stampFile(places, 'tensorflow'))
  if (process.platform !== 'linux' || !tensorflow?.available) return null
  const what = [hashFiles(places.root, [sourceOf(places)]), tensorflow.binding]
  return createHash('sha256').update(what.join('\n')).digest('hex')
}
