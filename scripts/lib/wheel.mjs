import { createHash } from 'node:crypto'
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { again, SetupError } from './report.mjs'

/** Files below this size (bytes), of which a wheel has thousands, are written at once. */
const small = 1 << 20

/**
 * A Python wheel names the SHA-256 of each of its files in RECORD; what is taken out is checked
 * against it. The ZIP library of the workbench reads the archive, in a clone and in a package alike:
 * it is there in both, while many machines have no Python, and a Python wheel needs none.
 */
export class Wheel {
  /**
   * @param {string} file
   * @param {{ name: string, size: number, at: import('yauzl').Entry }[]} entries its files, in bytes
   * @param {import('yauzl').ZipFile} zip
   */
  constructor(file, entries, zip) {
    this.file = file
    this.entries = entries
    this.zip = zip
  }

  /**
   * Close it when done.
   * @param {string} file
   * @throws Error when it is no whole ZIP archive
   */
  static async open(file) {
    // The packages are installed by a step before the first wheel is read.
    const { default: yauzl } = await import('yauzl')
    const entries = []
    try {
      // Names are checked before anything is written.
      const options = { lazyEntries: true, autoClose: false, decodeStrings: false }
      const zip = await yauzl.openPromise(file, options)
      for await (const at of zip.eachEntry()) {
        const name = at.fileNameRaw.toString('utf8')
        if (!name.endsWith('/')) entries.push({ name, size: at.uncompressedSize, at })
      }
      return new Wheel(file, entries, zip)
    } catch (error) {
      throw new Error(`${file} is no whole ZIP archive: ${error}`, { cause: error })
    }
  }

  close() {
    this.zip.close()
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
    return await text(await this.zip.openReadStreamPromise(entry.at))
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
    const total = chosen.reduce((sum, { size }) => sum + size, 0)
    let done = 0
    for (const entry of chosen) {
      const target = join(folder, entry.name)
      mkdirSync(dirname(target), { recursive: true })
      const hash = await this.write(entry, target, (bytes) => progress((done += bytes), total))
      if (hashes.get(entry.name) !== hash) throw corrupted(this.file, entry.name)
    }
    return chosen.length
  }

  /**
   * @param {Wheel['entries'][number]} entry
   * @param {string} target
   * @param {(bytes: number) => void} wrote
   * @returns {Promise<string>} its SHA-256 as RECORD has it
   */
  async write({ at, size }, target, wrote) {
    const digest = createHash('sha256')
    const stream = await this.zip.openReadStreamPromise(at)
    if (size < small) {
      const content = await buffer(stream)
      digest.update(content)
      writeFileSync(target, content)
      wrote(size)
      return digest.digest('base64url')
    }
    const watched = async function* (/** @type {AsyncIterable<Buffer>} */ pieces) {
      for await (const piece of pieces) {
        digest.update(piece)
        wrote(piece.length)
        yield piece
      }
    }
    await pipeline(stream, watched, createWriteStream(target))
    return digest.digest('base64url')
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
    `The download is damaged and has been removed; to fetch it again, ${again}.`,
  )
}
