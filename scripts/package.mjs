/**
 * `npm run package [-- --linux | --mac | --win]`: builds the bundles and makes this system's installers.
 * On Linux it builds the binding between Node and TensorFlow first, which the package brings: a user
 * needs no compiler for it.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { Setup, prepare } from './lib/context.mjs'
import { pageSteps } from './lib/steps/index.mjs'
import { tensorflow } from './lib/steps/tensorflow.mjs'

const setup = new Setup()
const isLinux = process.platform === 'linux'
const steps = isLinux ? [...pageSteps, { ...tensorflow, optional: false }] : pageSteps
if (!(await prepare(steps, setup))) process.exit(1)
const builder = join(setup.places.root, 'node_modules', 'electron-builder', 'cli.js')
const args = [builder, '--config', 'electron-builder.yml', '--publish', 'never']
const { status } = spawnSync(process.execPath, [...args, ...process.argv.slice(2)], {
  cwd: setup.places.root,
  stdio: 'inherit',
})
process.exitCode = status ?? 1
