/** What bin/fame runs when its quick check finds something missing: `ensure.mjs [training]`. */
import { Setup, prepare } from './lib/context.mjs'
import { commandLineSteps, trainingSteps } from './lib/steps/index.mjs'

const steps = process.argv[2] === 'training' ? trainingSteps : commandLineSteps
process.exitCode = (await prepare(steps, new Setup())) ? 0 : 1
