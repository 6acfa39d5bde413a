/**
 * `npm run setup -- [--electron]`: everything, trying again what failed before. Electron is fetched
 * where it can show a window, or when asked for.
 */
import { Setup, prepare } from './lib/context.mjs'
import { electron, hasDisplay } from './lib/steps/electron.mjs'
import { allSteps } from './lib/steps/index.mjs'

const setup = new Setup({ retry: true })
const windowed = process.argv.includes('--electron') || hasDisplay(setup.env)
const done = await prepare(windowed ? [...allSteps, electron] : allSteps, setup)
const except = setup.failed.length > 0 ? `, except for: ${setup.failed.join(', ')}` : ''
if (done) setup.report.line(`Set-up is complete${except}.`)
process.exitCode = done ? 0 : 1
