/**
 * `npm start -- [--web] [--no-open] [--project DIR] [options of the web host]`: sets up what is
 * missing, then opens the window, or serves the workbench to a browser.
 */
import { join } from 'node:path'
import { Setup, prepare } from './lib/context.mjs'
import { runForeground } from './lib/foreground.mjs'
import { childEnvironment } from './lib/places.mjs'
import { electron, findElectron, hasDisplay } from './lib/steps/electron.mjs'
import { allSteps } from './lib/steps/index.mjs'

/** An Electron that fails within this time (seconds) has not shown a window. */
const startTime = 15

const given = process.argv.slice(2)
const hostArguments = given.filter((argument) => !['--web', '--no-open'].includes(argument))
const setup = new Setup()
const windowed = !given.includes('--web') && hasDisplay(setup.env)

if (await prepare(windowed ? [...allSteps, electron] : allSteps, setup)) {
  process.exitCode = await open()
} else {
  process.exitCode = 1
}

/** @returns {Promise<number>} the exit status */
async function open() {
  const binary = windowed ? findElectron(setup.places.root) : null
  if (binary) {
    const { code, stopped, seconds } = await runForeground(
      binary,
      [setup.places.root, ...hostArguments],
      { env: setup.env },
    )
    if (code === 0 || stopped || seconds > startTime) return code
    setup.report.line(`Electron could not show a window (it ended with ${code}).`)
  }
  return serve(binary ? 'Electron does not run here' : whyNoWindow())
}

/** @param {string} reason */
async function serve(reason) {
  setup.report.line(`${reason}, so the workbench opens in a browser. Its address:`)
  const { code } = await runForeground(
    setup.places.node,
    [
      join(setup.places.root, 'src-main', 'hosts', 'web.ts'),
      ...browserArguments(),
      ...hostArguments,
    ],
    { env: childEnvironment(setup.places, setup.env) },
  )
  return code
}

/** The host opens the browser itself: the address has a secret, and arguments can be read by others. */
function browserArguments() {
  return given.includes('--no-open') || !hasDisplay(setup.env) ? [] : ['--open']
}

function whyNoWindow() {
  if (given.includes('--web')) return 'You chose --web'
  return hasDisplay(setup.env) ? 'Electron is not installed' : 'There is no display'
}
