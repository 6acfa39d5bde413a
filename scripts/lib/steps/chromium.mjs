import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { which } from '../places.mjs'
import { SetupError } from '../report.mjs'
import { readStamp, removeStamp, stampFile, writeStamp } from '../stamp.mjs'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const patience = 24 * 3_600_000
const timeLimit = 300_000

/**
 * Finds a browser for the end-to-end tests, or has Playwright fetch one.
 * @type {import('../context.mjs').Step}
 */
export const chromium = {
  name: 'chromium',
  title: 'Fetch a browser for the end-to-end tests',
  optional: true,
  ready(setup) {
    if (findChromium(setup)) return true
    const stamp = readStamp(stampFile(setup.places, 'chromium'))
    return stamp?.key === 'failed' && !setup.retry && Date.now() - Number(stamp.at) < patience
  },
  async perform(setup) {
    const { root, node } = setup.places
    const file = stampFile(setup.places, 'chromium')
    removeStamp(file)
    try {
      const program = join(root, 'node_modules', 'playwright-core', 'cli.js')
      await setup.require(node, [program, 'install', 'chromium'], absent, { timeout: timeLimit })
      const path = await askPlaywright(setup)
      if (!existsSync(path)) throw new SetupError(absent.fact, absent.remedy)
      writeStamp(file, { key: 'fetched', path })
    } catch (error) {
      writeStamp(file, { key: 'failed', at: Date.now() })
      throw error
    }
  },
}

const absent = {
  fact: 'No Chromium was found and none could be fetched; the end-to-end tests are skipped.',
  remedy: 'Install Chromium (Debian: sudo apt-get install chromium) or set CHROMIUM_PATH.',
}

/**
 * @param {import('../context.mjs').Setup} setup
 * @returns {string | null} absolute path of a Chromium
 */
export function findChromium({ env, places }) {
  if (env.CHROMIUM_PATH && existsSync(env.CHROMIUM_PATH)) return env.CHROMIUM_PATH
  const found = names.map((name) => which(name, env)).find(Boolean)
  if (found) return found
  const stamp = readStamp(stampFile(places, 'chromium'))
  return typeof stamp?.path === 'string' && existsSync(stamp.path) ? stamp.path : null
}

/** @param {import('../context.mjs').Setup} setup */
async function askPlaywright(setup) {
  const script =
    "import { chromium } from 'playwright-core'; console.log(chromium.executablePath())"
  const { stdout } = await setup.run(setup.places.node, ['--input-type=module', '--eval', script])
  return stdout.trim()
}
