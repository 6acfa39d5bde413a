import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Lock } from './lock.mjs'
import { findPip } from './pip.mjs'
import { which } from './places.mjs'
import { SetupError } from './report.mjs'
import { explainFull, needs, requireSpace } from './space.mjs'
import { readStamp, writeStamp } from './stamp.mjs'
import { libraryNames, tensorflowVersion } from './tensorflow-version.mjs'
import { downloadWheels, unpack } from './tensorflow-wheels.mjs'

export { libraryNames, tensorflowVersion }

/**
 * @typedef {'cpu' | 'cuda'} Kind
 *
 * @typedef {object} Wishes
 * @property {string} library FAME_TENSORFLOW: folder of an installed TensorFlow, or empty
 * @property {string} kind FAME_TENSORFLOW_KIND: `cpu`, `cuda`, or empty for what the machine has
 *
 * @typedef {object} Library
 * @property {string} folder holds the libraries and `include`
 * @property {string | null} nvidia folder of the CUDA libraries, when they came with it
 * @property {Kind | 'own'} kind
 */

/**
 * TensorFlow's C++ library: the one that FAME_TENSORFLOW names, else the cached one, else the one
 * out of a wheel.
 * @param {import('./context.mjs').Setup} setup
 * @param {Wishes} wishes
 * @returns {Promise<Library>}
 * @throws SetupError
 */
export async function obtainLibrary(setup, wishes) {
  if (wishes.library) return ownLibrary(resolve(wishes.library))
  if (process.platform !== 'linux')
    throw new SetupError(
      `TensorFlow is set up on Linux only; this is ${process.platform}.`,
      'Use this machine for data and masks, and train on a Linux machine: run `npm start` there and open the address it prints.',
    )
  const kind = await wantedKind(setup, wishes)
  const cached = cachedLibrary(setup.places.cache, kind)
  return cached ?? (await fetchLibrary(setup, kind))
}

/**
 * CUDA where a GPU answers, unless it is wished otherwise.
 * @param {import('./context.mjs').Setup} setup
 * @param {Wishes} wishes
 * @returns {Promise<Kind>}
 */
export async function wantedKind(setup, { kind }) {
  if (kind === 'cpu' || kind === 'cuda') return kind
  if (!which('nvidia-smi', setup.env)) return 'cpu'
  const { ok, stdout } = await setup.run('nvidia-smi', ['-L'], { timeout: 30_000 })
  if (!ok || !/^GPU \d/m.test(stdout)) return 'cpu'
  if (!setup.places.isPackage || (await findPip(setup.env).catch(() => null))) return 'cuda'
  setup.report.warning(
    'This machine has a GPU, but no pip, which fetches the libraries for it: TensorFlow is set up for the processor.',
  )
  return 'cpu'
}

/**
 * @param {string} folder
 * @returns {Library}
 */
function ownLibrary(folder) {
  for (const name of [...libraryNames, 'include']) {
    if (existsSync(join(folder, name))) continue
    throw new SetupError(
      `FAME_TENSORFLOW names ${folder}, which holds no ${name}.`,
      'Name the folder of an installed TensorFlow package (site-packages/tensorflow), or unset the variable to have TensorFlow fetched.',
    )
  }
  const nvidia = join(dirname(folder), 'nvidia')
  return { folder, nvidia: existsSync(nvidia) ? nvidia : null, kind: 'own' }
}

/**
 * @param {string} cache
 * @param {Kind} kind
 * @returns {Library | null} null unless it was extracted to the end and is unchanged in size
 */
export function cachedLibrary(cache, kind) {
  const top = join(cache, 'tensorflow', `${tensorflowVersion}-${kind}`)
  const stamp = readStamp(join(top, 'complete.json'))
  const library = describe(top, kind)
  return stamp && stamp.key === sizesOf(library.folder) ? library : null
}

/**
 * @param {import('./context.mjs').Setup} setup
 * @param {Kind} kind
 */
async function fetchLibrary(setup, kind) {
  const folder = join(setup.places.cache, 'tensorflow')
  const lock = new Lock(join(folder, 'lock'))
  await lock.acquire((owner) =>
    setup.report.line(
      `  Another set-up (process ${owner}) is fetching TensorFlow; waiting for it.`,
    ),
  )
  try {
    return cachedLibrary(setup.places.cache, kind) ?? (await fetchInto(setup, kind, lock))
  } catch (error) {
    throw explainFull(error, folder)
  } finally {
    lock.release()
  }
}

/**
 * @param {import('./context.mjs').Setup} setup
 * @param {Kind} kind
 * @param {Lock} lock of the folder, held
 */
async function fetchInto(setup, kind, lock) {
  const folder = dirname(lock.file)
  const downloads = join(folder, 'download')
  const top = join(folder, `${tensorflowVersion}-${kind}`)
  const partial = `${top}.partial`
  rmSync(partial, { recursive: true, force: true })
  requireSpace(folder, needs[kind].disk, downloads)
  const wheels = await downloadWheels(setup, kind, downloads, lock)
  for (const wheel of wheels) await unpack(setup, wheel, partial)
  const library = describe(partial, kind)
  writeStamp(join(partial, 'complete.json'), { key: sizesOf(library.folder) })
  replaceFolder(partial, top)
  rmSync(downloads, { recursive: true, force: true })
  return describe(top, kind)
}

/**
 * @param {string} top
 * @param {Kind} kind
 * @returns {Library}
 */
function describe(top, kind) {
  return {
    folder: join(top, 'tensorflow'),
    nvidia: kind === 'cuda' ? join(top, 'nvidia') : null,
    kind,
  }
}

/** @param {string} folder */
function sizesOf(folder) {
  const sizes = libraryNames.map((name) => {
    const file = join(folder, name)
    return existsSync(file) ? statSync(file).size : 0
  })
  return sizes.every(Boolean) && existsSync(versionHeader(folder)) ? sizes.join('-') : 'incomplete'
}

/**
 * The library's version by its own header.
 * @param {string} folder
 * @returns {string | null}
 */
export function libraryVersion(folder) {
  if (!existsSync(versionHeader(folder))) return null
  const text = readFileSync(versionHeader(folder), 'utf8')
  const parts = ['MAJOR', 'MINOR', 'PATCH'].map(
    (part) => new RegExp(`#define TF_${part}_VERSION\\s+(\\d+)`).exec(text)?.[1],
  )
  return parts.every(Boolean) ? parts.join('.') : null
}

/** @param {string} folder */
function versionHeader(folder) {
  return join(folder, 'include', 'tensorflow', 'core', 'public', 'release_version.h')
}

/**
 * @param {string} from
 * @param {string} to
 */
function replaceFolder(from, to) {
  const old = `${to}.old`
  rmSync(old, { recursive: true, force: true })
  mkdirSync(dirname(to), { recursive: true })
  if (existsSync(to)) renameSync(to, old)
  renameSync(from, to)
  rmSync(old, { recursive: true, force: true })
}
