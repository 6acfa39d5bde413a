import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  hashFileIfThere,
  readStamp,
  removeStamp,
  stampFile,
  touchStamp,
  writeStamp,
} from '../stamp.mjs'

/** @type {import('../context.mjs').Step} */
export const packages = {
  name: 'packages',
  title: 'Install the packages of package-lock.json',
  optional: false,
  ready({ places }) {
    const file = stampFile(places, 'packages')
    const installed = existsSync(hiddenLock(places))
    if (!installed || readStamp(file)?.key !== keyOf(places)) return false
    touchStamp(file)
    return true
  },
  async perform(setup) {
    const { places } = setup
    const key = keyOf(places)
    const file = stampFile(places, 'packages')
    if (!installedByNpm(places)) {
      removeStamp(file)
      await setup.require('npm', ['ci', '--loglevel=error'], {
        fact: 'npm could not install the packages.',
        remedy:
          'Check the network and the free disk space (1.5 GB), then start again. Behind a proxy: npm config set https-proxy ADDRESS.',
      })
    }
    writeStamp(file, { key })
  },
}

/** @param {import('../places.mjs').Places} places */
function keyOf(places) {
  return hashFileIfThere(join(places.root, 'package-lock.json'))
}

/**
 * npm's own list of what is installed, which it writes after everything else.
 * @param {import('../places.mjs').Places} places
 */
function hiddenLock(places) {
  return join(places.root, 'node_modules', '.package-lock.json')
}

/**
 * Whether someone has run `npm ci` or `npm install` to its end: all that the lock file asks for on
 * this platform is there in its version.
 * @param {import('../places.mjs').Places} places
 */
function installedByNpm(places) {
  const wanted = lockedPackages(join(places.root, 'package-lock.json'))
  const present = lockedPackages(hiddenLock(places))
  if (!wanted || !present) return false
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true
    const found = present[path]
    return found ? found.version === entry.version : Boolean(entry.optional)
  })
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean }> | null}
 */
function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? null
  } catch {
    return null
  }
}
