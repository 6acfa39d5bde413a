import { rmSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { downloadKnownWheel } from './index-download.mjs'
import { checkWheel } from './known-wheels.mjs'
import { downloadWheel, findPip } from './pip.mjs'
import { again, SetupError } from './report.mjs'
import { explainFull, needs } from './space.mjs'
import { libraryNames, tensorflowVersion } from './tensorflow-version.mjs'
import { Wheel } from './wheel.mjs'

/**
 * Fetches TensorFlow's wheel, for CUDA also those of NVIDIA. pip does it, which knows the user's
 * mirrors and proxies; a package does without it for the processor's wheel.
 * @param {import('./context.mjs').Setup} setup
 * @param {import('./tensorflow-library.mjs').Kind} kind
 * @param {string} folder
 * @param {import('./lock.mjs').Lock} lock is told what runs: the process that takes it over ends it
 * @returns {Promise<string[]>}
 */
export async function downloadWheels(setup, kind, folder, lock) {
  const { env, report } = setup
  const pip = await findPip(env).catch((error) => error)
  if (pip instanceof Error) {
    if (!setup.places.isPackage) throw pip
    const requirement = `tensorflow-cpu==${tensorflowVersion}`
    report.line(`Downloading ${requirement} from the package index, since there is no pip`)
    const phase = throttled((done, total) => report.phase('download', done, total))
    return [await downloadKnownWheel(requirement, folder, { env, phase })]
  }
  let fetched = 0
  /** @param {string} requirement */
  const download = async (requirement) => {
    report.line(`  Downloading ${requirement} with ${[pip.command, ...pip.args].join(' ')}`)
    const wheel = await downloadWheel(pip, requirement, folder, {
      env,
      heartbeat: (news) => report.progress(news),
      bytes: (done) => report.phase('download', fetched + done, needs[kind].download),
      lock,
    })
    fetched += statSync(wheel).size
    report.phase('download', fetched, needs[kind].download)
    return wheel
  }
  if (kind === 'cpu') return [await downloadCpu(download)]
  const main = await download(`tensorflow==${tensorflowVersion}`)
  // What it requires goes to pip: nothing of it is read before it is checked.
  checkOrRemove(main, setup)
  const wheels = [main]
  for (const requirement of await cudaRequirements(main)) wheels.push(await download(requirement))
  return wheels
}

/** @param {string} file */
async function cudaRequirements(file) {
  const wheel = await Wheel.open(file)
  try {
    const requirements = await wheel.requirements('and-cuda')
    // pip would take what begins with a dash for an option.
    const strange = requirements.find((requirement) => !/^[A-Za-z]/.test(requirement))
    if (strange === undefined) return requirements
    throw new SetupError(
      `${basename(file)} requires ${JSON.stringify(strange)}, which is no package.`,
      `Check where pip takes packages from, then ${again}.`,
    )
  } finally {
    wheel.close()
  }
}

/**
 * A wheel that is not the one that is known must not be found by the next try.
 * @param {string} file
 * @param {import('./context.mjs').Setup} setup
 * @throws SetupError
 */
function checkOrRemove(file, setup) {
  try {
    checkWheel(file, setup)
  } catch (error) {
    rmSync(file, { force: true })
    throw error
  }
}

/**
 * Tells at most five times a second.
 * @param {(done: number, total: number | null) => void} tell
 */
function throttled(tell) {
  let told = 0
  return (/** @type {number} */ done, /** @type {number | null} */ total) => {
    if (Date.now() - told < 200 && done !== total) return
    told = Date.now()
    tell(done, total)
  }
}

/**
 * Where there is no wheel without CUDA code, the common one serves.
 * @param {(requirement: string) => Promise<string>} download
 */
async function downloadCpu(download) {
  try {
    return await download(`tensorflow-cpu==${tensorflowVersion}`)
  } catch (error) {
    return await download(`tensorflow==${tensorflowVersion}`).catch(() => {
      throw error
    })
  }
}

/**
 * @param {import('./context.mjs').Setup} setup
 * @param {string} file
 * @param {string} folder
 */
export async function unpack(setup, file, folder) {
  /** @type {Wheel | null} */
  let wheel = null
  try {
    checkWheel(file, setup)
    wheel = await Wheel.open(file)
    await wheel.extract(isNeeded, folder, unpackNews(setup.report))
  } catch (error) {
    const explained = explainFull(error, folder)
    // A wheel that is whole need not be fetched again.
    if (explained === error) rmSync(file, { force: true })
    throw explained
  } finally {
    wheel?.close()
  }
}

/** @param {import('./report.mjs').Report} report */
function unpackNews(report) {
  let told = 0
  const phase = throttled((done, total) => report.phase('unpack', done, total))
  return (/** @type {number} */ done, /** @type {number} */ total) => {
    phase(done, total)
    if (Date.now() - told < (process.stderr.isTTY ? 200 : 5000)) return
    told = Date.now()
    const [now, all] = [done, total].map((bytes) => Math.round(bytes / 1e6))
    report.progress(`  Unpacking and checking: ${now} of ${all} MB`)
  }
}

/** @param {string} name */
function isNeeded(name) {
  if (name.startsWith('nvidia/')) return !/\/include\/|\.(a|py)$/.test(name)
  return (
    name.startsWith('tensorflow/include/') ||
    libraryNames.some((library) => name === `tensorflow/${library}`)
  )
}
