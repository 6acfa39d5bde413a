/**
 * `npm start -- [--web] [--no-open] [--project DIR] [--port N] [--host ADDRESS]`: sets up what is
 * missing, then opens the window, or serves the workbench to a browser.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { Setup, prepare } from './lib/context.mjs'
import { runForeground } from './lib/foreground.mjs'
import { childEnvironment, which } from './lib/places.mjs'
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
    setup.report.line(`Electron could not show a window here (it ended with ${code}).`)
  }
  return serve(binary ? 'Electron does not run here' : whyNoWindow())
}

/** @param {string} reason */
async function serve(reason) {
  setup.report.line(`${reason}: here is the workbench's address for a browser.`)
  const { code } = await runForeground(
    setup.places.node,
    [join(setup.places.root, 'src-main', 'hosts', 'web.ts'), ...hostArguments],
    { env: childEnvironment(setup.places, setup.env), onOutput: browserOpener() },
  )
  return code
}

function whyNoWindow() {
  if (given.includes('--web')) return 'As asked for'
  return hasDisplay(setup.env) ? 'Electron is not here' : 'There is no display'
}

/** Opens the address in the browser of the desktop, once, as soon as the host prints it. */
function browserOpener() {
  let opened = given.includes('--no-open') || !hasDisplay(setup.env)
  let text = ''
  return (/** @type {string} */ more) => {
    if (opened) return
    text += more
    const address = /https?:\/\/\S+/.exec(text)?.[0]
    if (!address || !text.includes('\n')) return
    opened = true
    const [opener, ...args] = { darwin: ['open'], win32: ['cmd', '/c', 'start', ''] }[
      String(process.platform)
    ] ?? ['xdg-open']
    if (!which(opener, setup.env)) return
    spawn(opener, [...args, address], { stdio: 'ignore', detached: true })
      .on('error', () => setup.report.line('Open the address above in a browser.'))
      .unref()
  }
}
