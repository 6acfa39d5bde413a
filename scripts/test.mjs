/**
 * `npm test -- [vitest's arguments]`: sets up what is missing, then checks types and style and runs
 * the tests. The last line is the count; a failed check counts as one failure.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Setup, prepare } from './lib/context.mjs'
import { runForeground } from './lib/foreground.mjs'
import { childEnvironment } from './lib/places.mjs'
import { chromium, findChromium } from './lib/steps/chromium.mjs'
import { electron, findElectron, hasDisplay } from './lib/steps/electron.mjs'
import { allSteps } from './lib/steps/index.mjs'
import { countTests, tallyLine } from './lib/tally.mjs'

const checks = [
  { name: 'types', program: 'typescript/bin/tsc', args: ['-p', 'tsconfig.node.json'] },
  {
    name: 'types of the preload script',
    program: 'typescript/bin/tsc',
    args: ['-p', 'tsconfig.preload.json'],
  },
  {
    name: 'types of the window',
    program: 'vue-tsc/bin/vue-tsc.js',
    args: ['-p', 'tsconfig.web.json'],
  },
  { name: 'lint', program: 'eslint/bin/eslint.js', args: ['.'] },
  {
    name: 'format',
    program: 'prettier/bin/prettier.cjs',
    args: ['--check', '--log-level=warn', '.'],
  },
]

const setup = new Setup()
const { root, node, state } = setup.places
const steps = [...allSteps, chromium]
if (hasDisplay(setup.env)) steps.push(electron)

if (await prepare(steps, setup)) {
  const failedChecks = await runChecks()
  const tally = await runTests()
  for (const name of failedChecks) setup.report.line(`Check failed: ${name}`)
  tally.failed += failedChecks.length
  process.stdout.write(`${tallyLine(tally)}\n`)
  process.exitCode = tally.failed === 0 ? 0 : 1
} else {
  process.stdout.write('0 passed, 1 failed\n')
  process.exitCode = 1
}

/** @returns {Promise<string[]>} the names of those that failed */
async function runChecks() {
  const failed = []
  for (const { name, program, args } of checks) {
    setup.report.line(`Checking: ${name}`)
    const { code } = await runTool(program, args)
    if (code !== 0) failed.push(name)
  }
  return failed
}

async function runTests() {
  const report = join(state, 'test-report.json')
  rmSync(report, { force: true })
  const { code } = await runTool('vitest/vitest.mjs', [
    ...['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    ...process.argv.slice(2),
  ])
  const tally = countTests(existsSync(report) ? readFileSync(report, 'utf8') : null)
  // An error outside of all tests fails the run, too.
  if (code !== 0 && tally.failed === 0) tally.failed = 1
  return tally
}

/**
 * @param {string} program inside node_modules
 * @param {string[]} args
 */
function runTool(program, args) {
  return runForeground(node, [join(root, 'node_modules', program), ...args], {
    cwd: root,
    env: testEnvironment(),
  })
}

/** Tests find the browser and Electron by FAME_CHROMIUM and FAME_ELECTRON; absent, they skip. */
function testEnvironment() {
  const env = childEnvironment(setup.places, setup.env)
  const browser = findChromium(setup)
  const shell = hasDisplay(setup.env) ? findElectron(root) : null
  return {
    ...env,
    ...(browser && { FAME_CHROMIUM: browser }),
    ...(shell && { FAME_ELECTRON: shell }),
  }
}
