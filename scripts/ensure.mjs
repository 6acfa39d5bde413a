/** What bin/fame runs when its quick check finds something missing: `ensure.mjs [training | page]`. */
import { Setup, prepare } from './lib/context.mjs'
import { commandLineSteps, pageSteps, trainingSteps } from './lib/steps/index.mjs'

const purposes = new Map([
  ['training', trainingSteps],
  ['page', pageSteps],
])
const steps = purposes.get(process.argv[2]) ?? commandLineSteps
process.exitCode = (await prepare(steps, new Setup())) ? 0 : 1
