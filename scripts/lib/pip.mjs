import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand, tail } from './command.mjs'
import { knownPython } from './known-wheels.mjs'
import { filesUnder } from './places.mjs'
import { again, SetupError } from './report.mjs'
import { diskFull, saysFull } from './space.mjs'

/**
 * @typedef {object} Pip
 * @property {string} command
 * @property {string[]} args what comes before pip's own arguments
 */

const candidates = [
  { command: 'python3', args: ['-m', 'pip'] },
  { command: 'python', args: ['-m', 'pip'] },
  { command: 'pip3', args: [] },
  { command: 'pip', args: [] },
]

/** The library inside a wheel does not depend on Python, so any of these serves. */
const pythonVersions = ['3.13', '3.12', '3.11']

const networkTrouble =
  /Retrying \(Retry|NewConnectionError|Temporary failure in name|Network is unreachable|timed out/i

/** Where the index cannot be reached, a try that took this long (ms) need not be repeated. */
const longTry = 20_000

/**
 * The first pip that answers.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Pip>}
 * @throws SetupError when there is none
 */
export async function findPip(env) {
  for (const pip of candidates) {
    const { ok } = await runCommand(pip.command, [...pip.args, '--version'], {
      env,
      timeout: 30_000,
    })
    if (ok) return pip
  }
  throw new SetupError(
    'pip, which fetches TensorFlow, was not found.',
    `Install it (Debian, Ubuntu: sudo apt-get install python3-pip), or set FAME_TENSORFLOW to the folder of an installed TensorFlow, then ${again}.`,
  )
}

/**
 * pip's arguments for one wheel, best first: the one whose hash is known, what the running Python
 * takes, then those of other Pythons.
 * @param {string} requirement
 * @param {string} folder
 * @returns {string[][]}
 */
export function downloadAttempts(requirement, folder) {
  const common = [
    'download',
    '--no-deps',
    '--only-binary=:all:',
    '--retries',
    '2',
    '--dest',
    folder,
  ]
  return pythonTargets(requirement).map((target) => [...common, ...target, requirement])
}

/**
 * pip's arguments that choose the Python whose wheels it takes, best first as in `downloadAttempts`.
 * @param {string} requirement
 * @returns {string[][]}
 */
export function pythonTargets(requirement) {
  /** @param {string} version */
  const foreign = (version) => [
    ...['--python-version', version, '--implementation', 'cp'],
    ...['--abi', `cp${version.replace('.', '')}`],
  ]
  const known = knownPython(requirement)
  const others = pythonVersions.filter((version) => version !== known)
  return [...(known ? [foreign(known)] : []), [], ...others.map(foreign)]
}

/**
 * Downloads one wheel, unless an earlier try has left it whole.
 * @param {Pip} pip
 * @param {string} requirement `tensorflow-cpu==2.21.0`
 * @param {string} folder
 * @param {object} context
 * @param {NodeJS.ProcessEnv} context.env
 * @param {(news: string) => void} context.heartbeat
 * @param {(done: number) => void} [context.bytes] told every second how many have come
 * @param {import('./lock.mjs').Lock} [context.lock]
 * @returns {Promise<string>} path of the wheel
 * @throws SetupError
 */
export async function downloadWheel(pip, requirement, folder, context) {
  mkdirSync(folder, { recursive: true })
  let output = ''
  for (const args of downloadAttempts(requirement, folder)) {
    const started = Date.now()
    const result = await tryDownload(pip, args, folder, context)
    if (result.ok) return newestWheel(folder, requirement)
    output = result.output
    if (saysFull(output)) throw diskFull(folder)
    if (networkTrouble.test(output) && Date.now() - started > longTry) break
  }
  if (networkTrouble.test(output)) throw unreachable(requirement, output)
  throw new SetupError(
    `pip has no wheel of ${requirement} for this machine (${process.platform}, ${process.arch}).`,
    `Set FAME_TENSORFLOW to the folder of an installed TensorFlow (the one with libtensorflow_cc.so.2), then ${again}.`,
    tail(output),
  )
}

/**
 * pip's temporary files are kept in the download folder: their size is the progress, and what a
 * killed pip leaves is cleared by the next.
 * @param {Pip} pip
 * @param {string[]} args
 * @param {string} folder
 * @param {Parameters<typeof downloadWheel>[3]} context
 */
async function tryDownload(pip, args, folder, context) {
  const temporary = join(folder, 'temporary')
  rmSync(temporary, { recursive: true, force: true })
  mkdirSync(temporary, { recursive: true })
  const { bytes } = context
  const watch = bytes && setInterval(() => bytes(folderSize(temporary)), 1000)
  try {
    return await runCommand(pip.command, [...pip.args, ...args], {
      env: { ...context.env, TMPDIR: temporary, PIP_DISABLE_PIP_VERSION_CHECK: '1' },
      heartbeat: context.heartbeat,
      progress: () => `${Math.round(folderSize(temporary) / 1e6)} MB`,
      lock: context.lock,
      timeout: 3_600_000,
    })
  } finally {
    clearInterval(watch)
    rmSync(temporary, { recursive: true, force: true })
  }
}

/**
 * @param {string} folder
 * @param {string} requirement
 */
function newestWheel(folder, requirement) {
  const prefix = wheelPrefix(requirement)
  const wheels = readdirSync(folder)
    .filter((name) => name.toLowerCase().startsWith(prefix) && name.endsWith('.whl'))
    .map((name) => join(folder, name))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)
  if (wheels.length > 0) return wheels[0]
  throw new SetupError(
    `pip said it was done, but no wheel of ${requirement} is in ${folder}.`,
    `To try again, ${again}.`,
  )
}

/**
 * How the file name of a requirement's wheel begins.
 * @param {string} requirement
 */
export function wheelPrefix(requirement) {
  const [name] = requirement.split(/[<>=!~]/)
  return `${name.toLowerCase().replace(/[-.]+/g, '_')}-`
}

/** @param {string} folder */
function folderSize(folder) {
  return filesUnder([folder]).reduce(
    (sum, file) => sum + (existsSync(file) ? statSync(file).size : 0),
    0,
  )
}

/**
 * @param {string} requirement
 * @param {string} output
 */
function unreachable(requirement, output) {
  return new SetupError(
    `pip could not reach its package index to fetch ${requirement}.`,
    `Check the network (behind a proxy: set HTTPS_PROXY), then ${again}.`,
    tail(output, 4),
  )
}
