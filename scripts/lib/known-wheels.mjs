import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { again, SetupError } from './report.mjs'
import { hashFileIfThere } from './stamp.mjs'

/**
 * SHA-256 of wheels that the workbench was tested with. The library inside does not depend on Python,
 * so one wheel serves every Python of its platform and is asked for first.
 * @type {{ requirement: string, arch: string, python: string, file: string, hash: string }[]}
 */
export const knownWheels = [
  {
    requirement: 'tensorflow-cpu==2.21.0',
    arch: 'x64',
    python: '3.11',
    file: 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
    hash: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
  },
]

/**
 * The Python whose wheel of a requirement is known here.
 * @param {string} requirement
 * @param {string} [arch]
 * @returns {string | null}
 */
export function knownPython(requirement, arch = process.arch) {
  const known = knownWheels.find((each) => each.requirement === requirement && each.arch === arch)
  return known?.python ?? null
}

/**
 * Holds a downloaded wheel against the SHA-256 that is known of it: the workbench's own, or one in
 * the file that FAME_WHEEL_HASHES names, which has lines as `sha256sum` prints them. With that file
 * a wheel that it does not name is refused; without it such a wheel is used and a warning printed.
 * @param {string} file
 * @param {{ env: NodeJS.ProcessEnv, report: { warning: (text: string) => void } }} setup
 * @throws SetupError
 */
export function checkWheel(file, { env, report }) {
  const name = basename(file)
  const given = env.FAME_WHEEL_HASHES ? readHashes(env.FAME_WHEEL_HASHES) : null
  const known = knownWheels.find((each) => each.file === name)?.hash ?? given?.get(name)
  if (known === undefined) {
    if (given) {
      throw new SetupError(
        `${name} is not named in ${env.FAME_WHEEL_HASHES}.`,
        `Add its SHA-256 as its publisher states it, or unset FAME_WHEEL_HASHES, then ${again}.`,
      )
    }
    report.warning(
      `The workbench knows no SHA-256 of ${name}. Nothing but pip's own connection vouches for it. ` +
        'FAME_WHEEL_HASHES=FILE has set-up check it: see docs/security.md.',
    )
    return
  }
  if (hashFileIfThere(file) === known) return
  throw new SetupError(
    `${name} does not have the SHA-256 that is known for it.`,
    `It has been removed. Check where pip takes packages from, then ${again}.`,
  )
}

/**
 * @param {string} list
 * @returns {Map<string, string>} hashes in lower case, by file name
 */
function readHashes(list) {
  if (!existsSync(list)) {
    throw new SetupError(
      `FAME_WHEEL_HASHES names ${list}, which does not exist.`,
      'Name a file with lines as `sha256sum` prints them, or unset the variable.',
    )
  }
  /** @type {Map<string, string>} */
  const hashes = new Map()
  for (const line of readFileSync(list, 'utf8').split(/\r?\n/)) {
    const found = /^([0-9a-fA-F]{64}) [ *](.+)$/.exec(line)
    if (found) hashes.set(basename(found[2].trim()), found[1].toLowerCase())
  }
  return hashes
}
