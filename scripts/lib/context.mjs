import { join } from 'node:path'
import { endCommands, runCommand, tail } from './command.mjs'
import { Lock } from './lock.mjs'
import { childEnvironment, findPlaces } from './places.mjs'
import { watchParent } from './processes.mjs'
import { Report, SetupError } from './report.mjs'

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {string} title what it does, for people
 * @property {boolean} optional its failure is told and noted, and the workbench still starts
 * @property {boolean} [isApart] the steps after it do not need it: they run meanwhile
 * @property {(setup: Setup) => boolean | Promise<boolean>} ready quick: compares stamps
 * @property {(setup: Setup) => Promise<void>} perform
 */

/** What every step is handed. */
export class Setup {
  /**
   * @param {object} [options]
   * @param {import('./places.mjs').Places} [options.places]
   * @param {NodeJS.ProcessEnv} [options.env]
   * @param {Report} [options.report]
   * @param {boolean} [options.retry] try again what failed before
   */
  constructor(options = {}) {
    this.env = options.env ?? process.env
    this.places = options.places ?? findPlaces(undefined, this.env)
    this.report = options.report ?? new Report()
    this.retry = options.retry ?? false
    /** Titles of the steps that failed. @type {string[]} */
    this.failed = []
    this.lock = new Lock(join(this.places.state, 'lock'))
  }

  /**
   * Runs a command of set-up in the clone, with progress.
   * @param {string} command
   * @param {string[]} args
   * @param {import('./command.mjs').CommandOptions} [options]
   */
  run(command, args, options = {}) {
    return runCommand(command, args, {
      cwd: this.places.root,
      env: childEnvironment(this.places, this.env),
      heartbeat: (news) => this.report.progress(news),
      lock: this.lock,
      ...options,
    })
  }

  /**
   * As `run`, for a command that must succeed.
   * @param {string} command
   * @param {string[]} args
   * @param {{ fact: string, remedy: string }} failure
   * @param {import('./command.mjs').CommandOptions} [options]
   * @throws SetupError
   */
  async require(command, args, failure, options) {
    const result = await this.run(command, args, options)
    if (result.ok) return result
    const fact = result.timedOut
      ? `${failure.fact} It took too long and was stopped.`
      : failure.fact
    throw new SetupError(fact, failure.remedy, tail(result.output))
  }
}

/**
 * Brings the clone up to date: performs the steps that are not ready, in order, one set-up at a
 * time. Those that stand apart run beside the ones after them. Steps that are ready cost a comparison of stamps.
 * @param {Step[]} steps
 * @param {Setup} setup
 * @returns {Promise<boolean>} false when a step that is needed failed; it has been reported
 */
export async function prepare(steps, setup) {
  if (await allReady(steps, setup)) return true
  const { lock, report } = setup
  const stop = stopOnSignals(() => lock.release())
  await lock.acquire((owner) =>
    report.line(`Another set-up (process ${owner}) is running; waiting for it.`),
  )
  try {
    return await performAll(steps, setup)
  } finally {
    lock.release()
    stop()
  }
}

/**
 * @param {Step[]} steps
 * @param {Setup} setup
 * @returns {Promise<boolean>} as `prepare`
 */
async function performAll(steps, setup) {
  /** @type {Promise<boolean>[]} */
  const apart = []
  let goesOn = true
  for (const [index, step] of steps.entries()) {
    const label = `[${index + 1}/${steps.length}] ${step.title}`
    const done = perform(step, label, setup)
    if (step.isApart) apart.push(done)
    else goesOn = await done
    if (!goesOn) break
  }
  const others = await Promise.all(apart)
  return goesOn && others.every(Boolean)
}

/**
 * @param {Step} step
 * @param {string} label
 * @param {Setup} setup
 */
async function perform(step, label, setup) {
  if (await step.ready(setup)) return true
  const started = Date.now()
  setup.report.begin(step.name)
  setup.report.line(`${label} ...`)
  try {
    await step.perform(setup)
    setup.report.line(`${label}: done in ${((Date.now() - started) / 1000).toFixed(1)} s`)
    return true
  } catch (error) {
    setup.report.line(`${label}: failed`)
    setup.report.failure(error)
    setup.failed.push(step.title)
    return step.optional
  }
}

/**
 * Whether nothing is to be done.
 * @param {Step[]} steps
 * @param {Setup} setup
 */
export async function allReady(steps, setup) {
  for (const step of steps) {
    if (!(await step.ready(setup))) return false
  }
  return true
}

/**
 * Ctrl-C and kill end the commands that run, and then this process.
 * @param {() => void} [before] what else is to be done before that
 * @returns {() => void} takes the handlers away
 */
export function stopOnSignals(before = () => {}) {
  const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }
  const stop = (/** @type {number} */ code) => {
    endCommands()
    before()
    process.exit(code)
  }
  const watch = watchParent(() => stop(codes.SIGTERM))
  const handlers = Object.entries(codes).map(([signal, code]) => {
    const handler = () => stop(code)
    process.on(signal, handler)
    return () => process.off(signal, handler)
  })
  return () => {
    clearInterval(watch)
    handlers.forEach((remove) => remove())
  }
}
