import { existsSync, lstatSync, mkdirSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { which } from '../places.mjs'
import { again, SetupError } from '../report.mjs'
import { hashText, readStamp, removeStamp, stampFile, writeStamp } from '../stamp.mjs'
import { libraryNames, obtainLibrary, tensorflowVersion } from '../tensorflow-library.mjs'

/** A failure is not tried again for so long (milliseconds), unless something has changed. */
const patience = 3_600_000

/** What the step needs on PATH. A change of these is a reason to try again what failed. */
const tools = ['python3', 'python', 'pip3', 'pip', 'g++', 'make', 'nvidia-smi']

/**
 * Sets TensorFlow up and notes the outcome, good or bad, where the doctor reads it.
 * @type {import('../context.mjs').Step}
 */
export const tensorflow = {
  name: 'tensorflow',
  title: 'Set up TensorFlow',
  optional: true,
  ready(setup) {
    const stamp = readStamp(stampFile(setup.places, 'tensorflow'))
    if (!stamp || stamp.key !== keyOf(wishesOf(setup))) return false
    if (stamp.available) return stamp.binding === bindingState(setup.places)
    if (setup.retry || stamp.tools !== presentTools(setup)) return false
    return Date.now() - Number(stamp.at) < patience
  },
  async perform(setup) {
    const file = stampFile(setup.places, 'tensorflow')
    const wishes = wishesOf(setup)
    const key = keyOf(wishes)
    removeStamp(file)
    try {
      const library = await obtainLibrary(setup, wishes)
      link(setup.places, library)
      setup.report.phase('check', 0, 1)
      const { version, device } = (await prove(setup)) ?? (await buildAndProve(setup))
      setup.report.phase('check', 1, 1)
      const binding = bindingState(setup.places)
      setup.report.line(`  TensorFlow ${version} on the ${device} computed a convolution`)
      const facts = { version, device }
      writeStamp(file, { key, available: true, wishes, binding, ...library, ...facts })
    } catch (error) {
      const known = error instanceof SetupError
      const reason = error instanceof Error ? error.message : String(error)
      const remedy = known ? error.remedy : `To try again, ${again}.`
      const circumstances = { at: Date.now(), tools: presentTools(setup) }
      writeStamp(file, { key, available: false, reason, remedy, ...circumstances })
      setup.report.line('  Everything but training and evaluating works without TensorFlow.')
      throw known ? error : new SetupError(`TensorFlow was not set up: ${reason}`, remedy)
    }
  },
}

/**
 * What the environment asks for; where it says nothing, what the last successful set-up was asked.
 * @param {import('../context.mjs').Setup} setup
 * @returns {import('../tensorflow-library.mjs').Wishes}
 */
function wishesOf({ env, places }) {
  const stamp = readStamp(stampFile(places, 'tensorflow'))
  const before = /** @type {Partial<import('../tensorflow-library.mjs').Wishes>} */ (
    stamp?.wishes ?? {}
  )
  return {
    library: env.FAME_TENSORFLOW ?? before.library ?? '',
    kind: env.FAME_TENSORFLOW_KIND ?? before.kind ?? '',
  }
}

/** @param {import('../tensorflow-library.mjs').Wishes} wishes */
function keyOf({ library, kind }) {
  return hashText([tensorflowVersion, library, kind].join('\n'))
}

/** @param {import('../context.mjs').Setup} setup */
function presentTools({ env }) {
  return tools.filter((tool) => which(tool, env)).join(' ')
}

/**
 * Tells whether the binding and the libraries behind it are those that were proved.
 * @param {import('../places.mjs').Places} places
 */
function bindingState(places) {
  const files = [bindingFile(places), ...libraryNames.map((name) => join(places.deps, 'lib', name))]
  return files.map((file) => (existsSync(file) ? statSync(file).size : 0)).join('-')
}

/** @param {import('../places.mjs').Places} places */
function bindingFile(places) {
  return join(places.binding, 'lib', 'napi-v8', 'tfjs_binding.node')
}

/**
 * Puts the library where the binding's own installer would have put it; in a package, in a folder of
 * the user.
 * @param {import('../places.mjs').Places} places
 * @param {import('../tensorflow-library.mjs').Library} library
 */
function link({ deps }, library) {
  const [cc, framework] = libraryNames.map((name) => join(library.folder, name))
  relink(join(library.folder, 'include'), join(deps, 'include'))
  relink(cc, join(deps, 'lib', 'libtensorflow.so'))
  relink(cc, join(deps, 'lib', libraryNames[0]))
  relink(framework, join(deps, 'lib', 'libtensorflow_framework.so'))
  relink(framework, join(deps, 'lib', libraryNames[1]))
  // The library looks for CUDA beside its own folder.
  rmSync(join(deps, 'nvidia'), { recursive: true, force: true })
  if (library.nvidia) relink(library.nvidia, join(deps, 'nvidia'))
}

/**
 * @param {string} target
 * @param {string} path
 */
function relink(target, path) {
  mkdirSync(dirname(path), { recursive: true })
  if (lstatSync(path, { throwIfNoEntry: false })) rmSync(path, { recursive: true })
  symlinkSync(target, path)
}

/**
 * One convolution in a process of its own.
 * @param {import('../context.mjs').Setup} setup
 * @returns {Promise<{ version: string, device: string } | null>} null when it cannot be computed
 */
async function prove(setup) {
  if (!existsSync(bindingFile(setup.places))) return null
  const result = await runProbe(setup)
  return result.ok
    ? JSON.parse(/** @type {string} */ (result.stdout.trim().split('\n').pop()))
    : null
}

/** @param {import('../context.mjs').Setup} setup */
function runProbe(setup) {
  const { root, node, isPackage } = setup.places
  const probe = isPackage
    ? join(root, 'out', 'main', 'tensorflow-probe.js')
    : join(root, 'src-main', 'doctor', 'tensorflow-probe.ts')
  return setup.run(node, [probe], { timeout: 120_000 })
}

/** @param {import('../context.mjs').Setup} setup */
async function buildAndProve(setup) {
  if (setup.places.isPackage) throw await packageFault(setup)
  requireTools(setup)
  setup.report.line('  Building the binding between Node and TensorFlow')
  const nodedir = headersFolder(setup.places)
  await setup.require(
    'npm',
    [
      ...['run', 'build-addon-from-source', '--ignore-scripts=false'],
      ...(nodedir ? [`--nodedir=${nodedir}`] : []),
    ],
    {
      fact: "TensorFlow's binding could not be built.",
      remedy: `The lines above say why. It needs g++, make, Python 3 and the headers of Node (fetched, or those of an installed Node). Then ${again}.`,
    },
    { cwd: setup.places.binding, timeout: 900_000 },
  )
  const facts = await prove(setup)
  if (facts) return facts
  const { output } = await runProbe(setup)
  throw new SetupError(
    'TensorFlow was set up but does not compute.',
    `The lines above are its output. With FAME_TENSORFLOW set, name another TensorFlow (2.16 to 2.21); else ${again}.`,
    output,
  )
}

/**
 * Why TensorFlow does not compute in a package, which brings a binding and cannot build another.
 * @param {import('../context.mjs').Setup} setup
 */
async function packageFault(setup) {
  const remedy =
    'Install a newer package, or use a clone, which builds the binding for this machine.'
  if (!existsSync(bindingFile(setup.places)))
    return new SetupError('This package has no binding between Node and TensorFlow.', remedy)
  const { output } = await runProbe(setup)
  return new SetupError('TensorFlow was set up but does not compute.', remedy, output)
}

/** @param {import('../context.mjs').Setup} setup */
function requireTools({ env }) {
  const missing = ['g++', 'make'].filter((tool) => !which(tool, env))
  if (missing.length === 0) return
  throw new SetupError(
    `TensorFlow's binding is built with g++ and make; missing here: ${missing.join(', ')}.`,
    'Install them (Debian, Ubuntu: sudo apt-get install g++ make) and start again.',
  )
}

/**
 * A folder with Node's headers, so that they need not be fetched. The binding is Node-API, so those
 * of any Node serve.
 * @param {import('../places.mjs').Places} places
 * @returns {string | null}
 */
function headersFolder(places) {
  const installed = join(places.root, 'node_modules', 'node', 'node_modules')
  const folders = [
    join(installed, `node-${process.platform}-${process.arch}`),
    join(installed, `node-bin-${process.platform}-${process.arch}`),
    dirname(dirname(process.execPath)),
  ]
  const headers = ['node_api.h', 'common.gypi']
  const usable = (/** @type {string} */ folder) =>
    headers.every((header) => existsSync(join(folder, 'include', 'node', header)))
  return folders.find(usable) ?? null
}
