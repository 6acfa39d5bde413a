/** `npm run demo -- [options of bin/fame demo]`: sets up what is missing, then runs the demo. */
import { join } from 'node:path'
import { Setup, prepare } from './lib/context.mjs'
import { runForeground } from './lib/foreground.mjs'
import { childEnvironment } from './lib/places.mjs'
import { trainingSteps } from './lib/steps/index.mjs'

const setup = new Setup()
const { node, root } = setup.places
if (await prepare(trainingSteps, setup)) {
  const command = [join(root, 'src-main', 'hosts', 'cli.ts'), 'demo', ...process.argv.slice(2)]
  const env = childEnvironment(setup.places, setup.env)
  process.exitCode = (await runForeground(node, command, { env })).code
} else {
  process.exitCode = 1
}
