/** `node scripts/read-fuses.mjs BINARY`: compares a packaged app's fuses with electron-builder.yml. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FuseState } from '@electron/fuses/dist/constants.js'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { parse } from 'yaml'

const config = join(import.meta.dirname, '..', 'electron-builder.yml')

/** The fuses that packaging sets, by their names in @electron/fuses. */
export function wantedFuses() {
  const { electronFuses } = parse(readFileSync(config, 'utf8'))
  return Object.fromEntries(
    Object.entries(electronFuses).map(([name, on]) => [name[0].toUpperCase() + name.slice(1), on]),
  )
}

/**
 * Names of fuses that are not as they should be.
 * @param {string} binary of a packaged app
 */
export async function wrongFuses(binary) {
  const wire = await getCurrentFuseWire(binary)
  return Object.entries(wantedFuses())
    .filter(([name, on]) => {
      const state = wire[FuseV1Options[/** @type {keyof typeof FuseV1Options} */ (name)]]
      return state !== (on ? FuseState.ENABLE : FuseState.DISABLE)
    })
    .map(([name]) => name)
}

if (process.argv[1] === import.meta.filename) {
  const wrong = await wrongFuses(process.argv[2])
  console.log(wrong.length === 0 ? 'All fuses are set.' : `Wrong: ${wrong.join(', ')}`)
  process.exitCode = wrong.length === 0 ? 0 : 1
}
