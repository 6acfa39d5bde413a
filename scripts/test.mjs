/**
 * `npm test -- [vitest's arguments]`: sets up what is missing, then checks types and style and runs
 * the tests. The last line is the count; a failed check counts as one failure. With `--fast`
 * (`npm run test:fast`) it runs the tests alone, without those that need TensorFlow or a browser.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { checkLanes, runChecks } from './lib/checks.mjs'
import { runCommand } from './lib/command.mjs'
import { Setup, prepare, stopOnSignals } from './lib/context.mjs'
import { runForeground } from './lib/foreground.mjs'
import { childEnvironment } from './lib/places.mjs'
import { chromium, findChromium } from './lib/steps/chromium.mjs'
import { electron, findElectron, hasDisplay } from './lib/steps/electron.mjs'
import { allSteps, pageSteps } from './lib/steps/index.mjs'
import { countTests, tallyLine } from './lib/tally.mjs'

const isFast = process.argv.includes('--fast')
const vitestArguments = process.argv.slice(2).filter((argument) => argument !== '--fast')
const setup = new Setup()
const { root, node, state } = setup.places

if (await prepare(stepsOfSetup(), setup)) {
  const failedChecks = isFast ? [] : await check()
  const tally = await runTests()
  for (const name of failedChecks) setup.report.line(`Check failed: ${name}`)
  tally.failed += failedChecks.length
  process.stdout.write(`${tallyLine(tally)}\n`)
  process.exitCode = tally.failed === 0 ? 0 : 1
} else {
  process.stdout.write('0 passed, 1 failed\n')
  process.exitCode = 1
}

function stepsOfSetup() {
  if (isFast) return pageSteps
  return [...allSteps, chromium, ...(hasDisplay(setup.env) ? [electron] : [])]
}

/** @returns {Promise<string[]>} the names of the checks that failed */
async function check() {
  const goOn = stopOnSignals()
  const env = testEnvironment()
  setup.report.line('Checking types, lint and format ...')
  try {
    return await runChecks(
      checkLanes(root),
      ({ program, args }) =>
        runCommand(node, [join(root, 'node_modules', program), ...args], { cwd: root, env }),
      (line) => setup.report.line(line),
    )
  } finally {
    goOn()
  }
}

async function runTests() {
  const report = join(state, 'test-report.json')
  rmSync(report, { force: true })
  const args = [
    ...['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    ...vitestArguments,
  ]
  const program = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const env = testEnvironment()
  const { code } = await runForeground(node, [program, ...args], { cwd: root, env })
  const tally = countTests(existsSync(report) ? readFileSync(report, 'utf8') : null)
  // An error outside of all tests fails the run, too.
  if (code !== 0 && tally.failed === 0) tally.failed = 1
  return tally
}

/** Tests find the browser and Electron by FAME_CHROMIUM and FAME_ELECTRON; absent, they skip. */
function testEnvironment() {
  const env = childEnvironment(setup.places, setup.env)
  const browser = findChromium(setup)
  const shell = hasDisplay(setup.env) ? findElectron(root) : null
  return {
    ...env,
    ...(isFast && { FAME_TESTS: 'fast' }),
    ...(browser && { FAME_CHROMIUM: browser }),
    ...(shell && { FAME_ELECTRON: shell }),
  }
}
