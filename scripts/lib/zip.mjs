import { createHash } from 'node:crypto'
import { createWriteStream, mkdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { PassThrough, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createInflateRaw } from 'node:zlib'

/**
 * Reads ZIP archives (PKWARE APPNOTE 6.3) as far as Python wheels need it: stored and deflated
 * members, no encryption, no ZIP64.
 *
 * @typedef {object} ZipEntry
 * @property {string} name
 * @property {number} method 0 stored, 8 deflated
 * @property {number} packed bytes in the archive
 * @property {number} size bytes
 * @property {number} offset of the local header
 */

const endSignature = 0x06054b50
const entrySignature = 0x02014b50
const localSignature = 0x04034b50

/**
 * @param {string} file
 * @returns {Promise<ZipEntry[]>}
 * @throws Error when the file is no whole ZIP archive
 */
export async function listZip(file) {
  const handle = await open(file)
  try {
    const { size } = await handle.stat()
    const end = await readAt(handle, Math.max(0, size - 65_557), Math.min(size, 65_557))
    const at = findBackwards(end, endSignature)
    if (at < 0) throw new Error(`${file} is no whole ZIP archive: its directory is missing.`)
    const length = end.readUInt32LE(at + 12)
    const start = end.readUInt32LE(at + 16)
    if (start === 0xffffffff) throw new Error(`${file} is a ZIP64 archive, which is not read here.`)
    return parseDirectory(file, await readAt(handle, start, length), end.readUInt16LE(at + 10))
  } finally {
    await handle.close()
  }
}

/**
 * @param {string} file
 * @param {ZipEntry} entry
 * @returns {Promise<Buffer>}
 */
export async function readZipEntry(file, entry) {
  /** @type {Buffer[]} */
  const parts = []
  const sink = new PassThrough().on('data', (part) => parts.push(part))
  await pipeline([...(await entryStreams(file, entry)), sink])
  return Buffer.concat(parts)
}

/**
 * Writes one member to a file.
 * @param {string} file
 * @param {ZipEntry} entry
 * @param {string} target
 * @returns {Promise<string>} SHA-256 of what was written, base64url without padding
 */
export async function extractZipEntry(file, entry, target) {
  mkdirSync(dirname(target), { recursive: true })
  const hash = createHash('sha256')
  const tap = new Transform({
    transform(part, _encoding, done) {
      hash.update(part)
      done(null, part)
    },
  })
  await pipeline([...(await entryStreams(file, entry)), tap, createWriteStream(target)])
  return hash.digest('base64url')
}

/**
 * @param {string} file
 * @param {ZipEntry} entry
 * @returns {Promise<(NodeJS.ReadableStream | NodeJS.ReadWriteStream)[]>}
 */
async function entryStreams(file, entry) {
  const handle = await open(file)
  const local = await readAt(handle, entry.offset, 30)
  if (local.readUInt32LE(0) !== localSignature) {
    await handle.close()
    throw new Error(`${file} is damaged: no member where ${entry.name} should begin.`)
  }
  const start = entry.offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28)
  if (entry.packed === 0) {
    await handle.close()
    const empty = new PassThrough()
    empty.end()
    return [empty]
  }
  const packed = handle.createReadStream({ start, end: start + entry.packed - 1 })
  return entry.method === 0 ? [packed] : [packed, createInflateRaw()]
}

/**
 * @param {string} file
 * @param {Buffer} directory
 * @param {number} count
 */
function parseDirectory(file, directory, count) {
  /** @type {ZipEntry[]} */
  const entries = []
  let at = 0
  while (entries.length < count) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== entrySignature)
      throw new Error(`${file} is damaged: its directory breaks off.`)
    const nameLength = directory.readUInt16LE(at + 28)
    entries.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameLength),
      method: directory.readUInt16LE(at + 10),
      packed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    })
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32)
  }
  return entries
}

/**
 * @param {import('node:fs/promises').FileHandle} handle
 * @param {number} position
 * @param {number} length
 */
async function readAt(handle, position, length) {
  const buffer = Buffer.alloc(length)
  const { bytesRead } = await handle.read(buffer, 0, length, position)
  return buffer.subarray(0, bytesRead)
}

/**
 * @param {Buffer} buffer
 * @param {number} signature
 */
function findBackwards(buffer, signature) {
  for (let at = buffer.length - 22; at >= 0; at--) {
    if (buffer.readUInt32LE(at) === signature) return at
  }
  return -1
}
