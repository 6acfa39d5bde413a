import { join, normalize, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCommand, tail } from './command.mjs'
import { SetupError } from './report.mjs'

const script = fileURLToPath(new URL('wheel.py', import.meta.url))

/**
 * A Python wheel names the SHA-256 of each of its files in RECORD; what is taken out is checked
 * against it. Python's own zipfile reads the archive, since Python is needed for pip anyway.
 */
export class Wheel {
  /**
   * @param {string} file
   * @param {NodeJS.ProcessEnv} env
   * @param {{ name: string, size: number }[]} entries its files, in bytes
   */
  constructor(file, env, entries) {
    this.file = file
    this.env = env
    this.entries = entries
  }

  /**
   * @param {string} file
   * @param {NodeJS.ProcessEnv} env
   * @throws Error when it is no whole ZIP archive, SetupError when there is no Python
   */
  static async open(file, env) {
    const entries = lines(await runPython(['list', file], { env }))
    return new Wheel(file, env, entries)
  }

  /**
   * @param {string} name file of the wheel's `.dist-info` folder: METADATA, RECORD
   * @returns {Promise<string>}
   */
  async info(name) {
    const entry = this.entries.find((each) =>
      new RegExp(`^[^/]+\\.dist-info/${name}$`).test(each.name),
    )
    if (!entry) throw new Error(`${this.file} holds no ${name}: it is no wheel.`)
    return await runPython(['print', this.file, entry.name], { env: this.env })
  }

  /** @returns {Promise<string>} the version that METADATA states */
  async version() {
    const found = /^Version: (.+)$/m.exec(await this.info('METADATA'))
    if (!found) throw new Error(`${this.file} states no version.`)
    return found[1].trim()
  }

  /**
   * What the wheel wants installed beside it for one of its extras.
   * @param {string} extra
   * @returns {Promise<string[]>} requirements as pip takes them: `nvidia-cublas-cu12<13.0,>=12.5`
   */
  async requirements(extra) {
    return requirementsOf(await this.info('METADATA'), extra)
  }

  /**
   * Takes the wanted files out and checks each against RECORD.
   * @param {(name: string) => boolean} wanted
   * @param {string} folder
   * @param {(done: number, total: number) => void} [progress] in bytes
   * @returns {Promise<number>} files written
   * @throws SetupError when a file is not what RECORD says
   */
  async extract(wanted, folder, progress = () => {}) {
    const hashes = parseRecord(await this.info('RECORD'))
    const chosen = this.entries.filter(({ name }) => wanted(name))
    chosen.forEach(({ name }) => checkInside(folder, name))
    const sizes = new Map(chosen.map(({ name, size }) => [name, size]))
    const total = chosen.reduce((sum, { size }) => sum + size, 0)
    let done = 0
    const extracted = await runPython(['extract', this.file, folder], {
      env: this.env,
      input: JSON.stringify([...sizes.keys()]),
      onLine: (line) => progress((done += sizes.get(JSON.parse(line).name) ?? 0), total),
    })
    const found = new Map(lines(extracted).map(({ name, hash }) => [name, hash]))
    for (const { name } of chosen) {
      const hash = found.get(name)
      if (!hash || hashes.get(name) !== hash) throw corrupted(this.file, name)
    }
    return chosen.length
  }
}

/**
 * What a wheel's METADATA wants for one of its extras.
 * @param {string} metadata
 * @param {string} extra
 * @returns {string[]} requirements as pip takes them: `nvidia-cublas-cu12<13.0,>=12.5`
 */
export function requirementsOf(metadata, extra) {
  return metadata
    .split('\n')
    .filter((line) => line.startsWith('Requires-Dist:'))
    .map((line) => line.slice('Requires-Dist:'.length).split(';'))
    .filter(([, marker]) => marker && new RegExp(`extra == ["']${extra}["']`).test(marker))
    .map(([requirement]) => requirement.replace(/[()\s]/g, ''))
}

/**
 * @param {string} record CSV lines `path,sha256=<base64url>,size`
 * @returns {Map<string, string>}
 */
export function parseRecord(record) {
  /** @type {Map<string, string>} */
  const hashes = new Map()
  for (const line of record.split(/\r?\n/)) {
    const found = /^"?(.+?)"?,sha256=([\w-]+)=*,\d*$/.exec(line)
    if (found) hashes.set(found[1], found[2])
  }
  return hashes
}

/**
 * @param {string} folder
 * @param {string} name
 */
function checkInside(folder, name) {
  if (normalize(join(folder, name)).startsWith(normalize(folder) + sep)) return
  throw new SetupError(
    `The wheel names a file outside its folder: ${name}`,
    'Do not use this wheel; check where pip takes packages from.',
  )
}

/**
 * @param {string} file
 * @param {string} name
 */
function corrupted(file, name) {
  return new SetupError(
    `${name} in ${file} does not have the SHA-256 that the wheel's RECORD states.`,
    'The download is damaged and has been removed; run `npm run setup` to fetch it again.',
  )
}

/**
 * @param {string[]} args of wheel.py
 * @param {import('./command.mjs').CommandOptions} options
 * @returns {Promise<string>} what it prints
 * @throws Error with what it complains of, SetupError when there is no Python
 */
async function runPython(args, options) {
  for (const python of ['python3', 'python']) {
    const { ok, stdout, output } = await runCommand(python, [script, ...args], options)
    if (ok) return stdout
    if (!/ENOENT/.test(output)) throw new Error(tail(output, 4))
  }
  throw new SetupError(
    'Python, which unpacks TensorFlow, was not found.',
    'Install it (Debian, Ubuntu: sudo apt-get install python3), or set FAME_TENSORFLOW to the folder of an installed TensorFlow, then run `npm run setup`.',
  )
}

/** @param {string} text a JSON object a line */
function lines(text) {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}
