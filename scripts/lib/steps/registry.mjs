import { createHash } from 'node:crypto'
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildOnce, COMPILE, compilerFor, isBuilt } from '../native.mjs'
import { hashFiles, readStamp, stampFile } from '../stamp.mjs'

/**
 * Builds the small library that reads which kernels TensorFlow has registered. Without it training
 * works, but a kernel that is missing is only found when it is needed.
 * @type {import('../context.mjs').Step}
 */
export const registry = {
  name: 'registry',
  title: "Build the reader of TensorFlow's registry",
  optional: true,
  ready: ({ places, retry }) => isBuilt(builtOf(places), retry),
  perform: (setup) => buildOnce(builtOf(setup.places), () => compile(setup)),
}

/** @param {import('../places.mjs').Places} places @returns {import('../native.mjs').Built} */
function builtOf(places) {
  return { stamp: stampFile(places, 'registry'), key: keyOf(places), file: registryFile(places) }
}

/** @param {import('../context.mjs').Setup} setup */
async function compile(setup) {
  const { places } = setup
  const gpp = compilerFor(setup, "The reader of TensorFlow's registry", 'is')
  const file = registryFile(places)
  const part = `${file}.part`
  mkdirSync(places.kernels, { recursive: true })
  const paths = ['-isystem', join(places.deps, 'include'), '-L', join(places.deps, 'lib')]
  try {
    await gpp([...COMPILE, '-shared', ...paths, sourceOf(places), '-o', part, '-ltensorflow'])
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
  return join(places.kernels, 'registry.node')
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
