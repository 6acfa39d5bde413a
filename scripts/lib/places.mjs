import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * @typedef {object} Places
 * @property {string} root the clone, or the unpacked part of a package
 * @property {string} state stamps, the lock and what set-up found out: `out/setup`
 * @property {string} kernels the trainer's kernels: `out/kernels`
 * @property {string} compiled what Node has compiled
 * @property {string} cache what is too large to fetch once a clone
 * @property {string} node the Node 24 binary of the `node` package; in a package the running one
 * @property {string} binding folder of TensorFlow's binding
 * @property {string} deps links to TensorFlow's headers and libraries
 * @property {boolean} isPackage whether `root` may not be written to
 */

/**
 * Where set-up reads and writes. `FAME_SETUP` names the folder that everything is written to where
 * the workbench runs from a package.
 * @param {string} [root]
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Places}
 */
export function findPlaces(root = cloneFolder(), env = process.env) {
  const target = env.FAME_SETUP ? resolve(env.FAME_SETUP) : null
  const made = target ?? join(root, 'out')
  const binding = join(root, 'node_modules', '@tensorflow', 'tfjs-node-gpu')
  return {
    root,
    state: join(made, 'setup'),
    kernels: join(made, 'kernels'),
    compiled: join(made, 'compile-cache'),
    cache: cacheFolder(env),
    node: target ? process.execPath : join(root, 'node_modules', 'node', 'bin', executable('node')),
    binding,
    deps: join(target ?? binding, 'deps'),
    isPackage: target !== null,
  }
}

/**
 * `FAME_CACHE`, else `cache` in the folder of a package's set-up, else `fame-workbench` in the
 * user's cache folder.
 * @param {NodeJS.ProcessEnv} env
 */
export function cacheFolder(env) {
  if (env.FAME_CACHE) return resolve(env.FAME_CACHE)
  if (env.FAME_SETUP) return join(resolve(env.FAME_SETUP), 'cache')
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'fame-workbench')
}

/**
 * Absolute path of a program on PATH, or null.
 * @param {string} name
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | null}
 */
export function which(name, env = process.env) {
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean)
  const found = folders.map((folder) => join(folder, executable(name))).find(existsSync)
  return found ?? null
}

/**
 * The environment of set-up's children: the clone's own tools, Node 24 among them, come first, and
 * Node keeps what it has compiled, which halves the time that a program takes to start. In a package
 * TensorFlow's binding looks for its libraries beside itself, where nothing can be put, so that they
 * are named to the loader.
 * @param {Places} places
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {NodeJS.ProcessEnv}
 */
export function childEnvironment(places, env = process.env) {
  const tools = [dirname(places.node), join(places.root, 'node_modules', '.bin')]
  const libraries = [join(places.deps, 'lib'), env.LD_LIBRARY_PATH].filter(Boolean)
  return {
    ...env,
    PATH: [...tools, env.PATH ?? ''].join(delimiter),
    NODE_COMPILE_CACHE: env.NODE_COMPILE_CACHE ?? places.compiled,
    ...(places.isPackage && { LD_LIBRARY_PATH: libraries.join(delimiter) }),
  }
}

/**
 * Every file under the given paths, sorted; what is not there has none.
 * @param {string[]} paths
 * @returns {string[]}
 */
export function filesUnder(paths) {
  /** @param {string} path @returns {string[]} */
  const walk = (path) => {
    if (!existsSync(path)) return []
    let entries
    try {
      entries = readdirSync(path, { withFileTypes: true })
    } catch {
      return [path]
    }
    return entries.flatMap((entry) =>
      entry.isDirectory() ? walk(join(path, entry.name)) : [join(path, entry.name)],
    )
  }
  return paths.flatMap(walk).sort()
}

/** @param {string} name */
function executable(name) {
  return process.platform === 'win32' ? `${name}.exe` : name
}

function cloneFolder() {
  return dirname(dirname(dirname(fileURLToPath(import.meta.url))))
}
