/** `npm run setup`: everything, trying again what failed before. */
import { Setup, prepare } from './lib/context.mjs'
import { allSteps } from './lib/steps/index.mjs'

const setup = new Setup({ retry: true })
const done = await prepare(allSteps, setup)
if (done) setup.report.line('Set-up is complete.')
process.exitCode = done ? 0 : 1
