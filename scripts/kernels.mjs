/** `node scripts/kernels.mjs`: builds the trainer's kernels alone, also those that FAME_KERNELS names. */
import { Setup, prepare } from './lib/context.mjs'
import { kernels } from './lib/steps/kernels.mjs'

const setup = new Setup({ retry: true })
const done = await prepare([kernels], setup)
process.exitCode = done && setup.failed.length === 0 ? 0 : 1
