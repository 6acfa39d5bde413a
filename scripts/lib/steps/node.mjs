import { existsSync, mkdirSync, statSync, symlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import { runCommand } from '../command.mjs'
import { SetupError } from '../report.mjs'
import { readStamp, stampFile, writeStamp } from '../stamp.mjs'

/** The oldest Node that runs the workbench's TypeScript as it is. */
const oldest = 24

/** @type {import('../context.mjs').Step} */
export const nodeRuntime = {
  name: 'node',
  title: `Fetch Node ${oldest}`,
  optional: false,
  ready({ places }) {
    return existsSync(places.node) && readStamp(stampFile(places, 'node'))?.key === keyOf(places)
  },
  async perform(setup) {
    const { places } = setup
    if (!(await answers(places.node))) await fetchNode(setup)
    if (!(await answers(places.node)))
      throw new SetupError(
        `The Node that npm placed at ${places.node} does not run.`,
        `Install Node ${oldest} or newer and start again with it.`,
      )
    writeStamp(stampFile(places, 'node'), { key: keyOf(places) })
  },
}

/** @param {import('../context.mjs').Setup} setup */
async function fetchNode(setup) {
  const { places } = setup
  const result = await setup.run('npm', ['rebuild', 'node', '--ignore-scripts=false'])
  if (result.ok) return
  if (majorOf(process.version) < oldest)
    throw new SetupError(
      `npm could not fetch Node ${oldest}; the running one is ${process.version}.`,
      `Check the network and start again, or install Node ${oldest} or newer.`,
      result.output,
    )
  mkdirSync(dirname(places.node), { recursive: true })
  if (!existsSync(places.node)) symlinkSync(process.execPath, places.node)
}

/**
 * @param {string} node
 * @returns {Promise<boolean>} whether it runs and is new enough
 */
async function answers(node) {
  if (!existsSync(node)) return false
  const { ok, stdout } = await runCommand(node, ['--version'])
  return ok && majorOf(stdout.trim()) >= oldest
}

/** @param {string} version `v24.1.0` */
function majorOf(version) {
  return Number(/^v(\d+)\./.exec(version)?.[1] ?? 0)
}

/** @param {import('../places.mjs').Places} places */
function keyOf(places) {
  const { size, mtimeMs } = statSync(places.node)
  return `${size}-${Math.round(mtimeMs)}`
}
