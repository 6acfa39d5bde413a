import { join, normalize, sep } from 'node:path'
import { SetupError } from './report.mjs'
import { extractZipEntry, listZip, readZipEntry } from './zip.mjs'

/**
 * A Python wheel names the SHA-256 of each of its files in RECORD; what is taken out is checked
 * against it.
 */
export class Wheel {
  /**
   * @param {string} file
   * @param {import('./zip.mjs').ZipEntry[]} entries
   */
  constructor(file, entries) {
    this.file = file
    this.entries = entries
  }

  /** @param {string} file */
  static async open(file) {
    return new Wheel(file, await listZip(file))
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
    return (await readZipEntry(this.file, entry)).toString('utf8')
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
    const lines = (await this.info('METADATA')).split('\n')
    return lines
      .filter((line) => line.startsWith('Requires-Dist:'))
      .map((line) => line.slice('Requires-Dist:'.length).split(';'))
      .filter(([, marker]) => marker && new RegExp(`extra == ["']${extra}["']`).test(marker))
      .map(([requirement]) => requirement.replace(/[()\s]/g, ''))
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
    const chosen = this.entries.filter((entry) => !entry.name.endsWith('/') && wanted(entry.name))
    const total = chosen.reduce((sum, entry) => sum + entry.size, 0)
    let done = 0
    for (const entry of chosen) {
      const hash = await extractZipEntry(this.file, entry, inside(folder, entry.name))
      if (hashes.get(entry.name) !== hash) throw corrupted(this.file, entry.name)
      done += entry.size
      progress(done, total)
    }
    return chosen.length
  }
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
function inside(folder, name) {
  const path = normalize(join(folder, name))
  if (path.startsWith(normalize(folder) + sep)) return path
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
