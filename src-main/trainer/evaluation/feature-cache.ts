import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  utimesSync,
  fstatSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { listCached, surplus, type CachedFile } from '../../base/files/disk-cache.ts'
import type { StateDict } from '../networks/weights.ts'
import type { TrainerVideo } from '../process/messages.ts'

/** All that features depend on beside the video. */
export interface FeatureSource {
  /** Of the encoder's weights and running statistics. */
  weights: string
  model: string
  frames: number
  stride: number
  size: number
  precision: string
  device: string
  clips: number
  crops: number
  testClips?: string
  colours?: string
}

export interface FeatureCacheOptions {
  /** Absolute folder of all caches. */
  folder: string
  source: FeatureSource
  /** Numbers that a video has, K * C. */
  length: number
  /** Bytes that all caches together may take; the ones used longest ago go. Default 8 GB. */
  limit?: number
}

const DIGEST = 32
const GIGABYTES = 2 ** 30

/**
 * Features on disk, so that the next protocol on the same encoder, and an evaluation that was cut
 * short, need not extract them again. One file an encoder and clip geometry, of records of one size:
 * a digest of the video, its features as float32, a digest of both. A record that was cut short or
 * is damaged counts as missing. No `DiskCache`: a file grows by a record at a time.
 */
export class FeatureCache {
  private readonly file: number
  private readonly length: number
  private readonly places = new Map<string, number>()
  private end = 0
  private failed = false

  /** @throws Error when the folder cannot be made or the file cannot be opened. */
  constructor({ folder, source, length, limit = 8 * GIGABYTES }: FeatureCacheOptions) {
    mkdirSync(folder, { recursive: true })
    const path = join(folder, `${digest(JSON.stringify(source)).toString('hex')}.features`)
    this.length = length
    this.file = openSync(path, existsSync(path) ? 'r+' : 'w+')
    utimesSync(path, new Date(), new Date())
    const isOther = (file: CachedFile): boolean => file.path !== path
    for (const old of surplus(listCached(folder), limit, isOther)) rmSync(old.path, { force: true })
    this.index()
  }

  /** Features of a video, [K, C], or null where it has none. */
  read(video: TrainerVideo): Float32Array | null {
    const key = keyOf(video)
    const place = key === null ? undefined : this.places.get(key.toString('hex'))
    if (key === null || place === undefined) return null
    const record = Buffer.alloc(this.recordBytes)
    const read = readSync(this.file, record, 0, record.length, place)
    const body = record.subarray(0, -DIGEST)
    if (read < record.length || !digest(body).equals(record.subarray(-DIGEST))) return null
    const features = new Float32Array(this.length)
    new Uint8Array(features.buffer).set(body.subarray(DIGEST))
    return features
  }

  /** Whether a video has features, without reading them. */
  has(video: TrainerVideo): boolean {
    const key = keyOf(video)
    return key !== null && this.places.has(key.toString('hex'))
  }

  /** Keeps the features of a video; where the disk refuses, evaluation goes on without. */
  write(video: TrainerVideo, features: Float32Array): void {
    const key = keyOf(video)
    if (key === null || this.failed) return
    const bytes = new Uint8Array(features.buffer, features.byteOffset, features.byteLength)
    const body = Buffer.concat([key, bytes])
    try {
      writeSync(this.file, Buffer.concat([body, digest(body)]), 0, this.recordBytes, this.end)
    } catch {
      this.failed = true
      return
    }
    this.places.set(key.toString('hex'), this.end)
    this.end += this.recordBytes
  }

  close(): void {
    closeSync(this.file)
  }

  private get recordBytes(): number {
    return 2 * DIGEST + this.length * Float32Array.BYTES_PER_ELEMENT
  }

  private index(): void {
    const records = Math.floor(fstatSync(this.file).size / this.recordBytes)
    this.end = records * this.recordBytes
    ftruncateSync(this.file, this.end)
    const key = Buffer.alloc(DIGEST)
    for (let place = 0; place < this.end; place += this.recordBytes) {
      readSync(this.file, key, 0, DIGEST, place)
      this.places.set(key.toString('hex'), place)
    }
  }
}

/** Null for a video whose content is not known. */
function keyOf({ content, frames }: TrainerVideo): Buffer | null {
  return content === undefined ? null : digest(`${content} ${frames}`)
}

function digest(content: string | Uint8Array): Buffer {
  return createHash('sha256').update(content).digest()
}

/** Tells the weights and running statistics of an encoder from every other's. */
export function fingerprint(state: StateDict): string {
  const hash = createHash('sha256')
  for (const [name, { shape, data }] of state) {
    hash.update(`${name} ${shape.join()} `)
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  }
  return hash.digest('hex')
}
