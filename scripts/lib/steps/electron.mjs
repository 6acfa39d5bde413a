import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SetupError } from '../report.mjs'
import { readStamp, removeStamp, stampFile, writeStamp } from '../stamp.mjs'

/** How long (milliseconds) a failed fetch is remembered, and how long one may take. */
const patience = 24 * 3_600_000
const timeLimit = 300_000

/**
 * Fetches Electron's binary, which its package downloads apart.
 * @type {import('../context.mjs').Step}
 */
export const electron = {
  name: 'electron',
  title: 'Fetch Electron',
  optional: true,
  ready(setup) {
    if (findElectron(setup.places.root)) return true
    const stamp = readStamp(stampFile(setup.places, 'electron'))
    const failedBefore = stamp?.key === versionOf(setup.places.root)
    return failedBefore && !setup.retry && Date.now() - Number(stamp?.at) < patience
  },
  async perform(setup) {
    const { root, node } = setup.places
    const file = stampFile(setup.places, 'electron')
    removeStamp(file)
    try {
      await setup.require(
        node,
        [join(root, 'node_modules', 'electron', 'install.js')],
        {
          fact: 'The Electron binary could not be downloaded.',
          remedy:
            'Nothing: the workbench opens in the browser instead. It is tried again tomorrow, or by `npm run setup`.',
        },
        { timeout: timeLimit },
      )
      if (!findElectron(root))
        throw new SetupError(
          'The Electron download has no binary for this machine.',
          'Nothing: the workbench opens in the browser instead.',
        )
    } catch (error) {
      writeStamp(file, { key: versionOf(root), at: Date.now() })
      throw error
    }
  },
}

/**
 * @param {string} root
 * @returns {string | null} absolute path of Electron's binary
 */
export function findElectron(root) {
  const folder = join(root, 'node_modules', 'electron')
  const pathFile = join(folder, 'path.txt')
  if (!existsSync(pathFile)) return null
  const binary = join(folder, 'dist', readFileSync(pathFile, 'utf8').trim())
  return existsSync(binary) ? binary : null
}

/**
 * Whether a window could be shown at all.
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} [platform]
 */
export function hasDisplay(env, platform = process.platform) {
  return platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY)
}

/** @param {string} root */
function versionOf(root) {
  const file = join(root, 'node_modules', 'electron', 'package.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : 'none'
}
