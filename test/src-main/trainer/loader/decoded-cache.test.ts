import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DecodedCache } from '#main/trainer/loader/decoded-cache.ts'
import type { RgbPicture } from '#main/video/rgb-converter.ts'

const [WIDTH, HEIGHT, FRAMES] = [4, 2, 3]
const BYTES = WIDTH * HEIGHT * 3 * FRAMES
/** Of the header. */
const EXTRA = 20

let base: string
let folder: string
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'fame-decoded-'))
  folder = join(base, 'decoded')
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

/** A file that stands for a video. */
function video(name: string): string {
  const path = join(base, name)
  writeFileSync(path, name)
  return path
}

function cache(limit: number, since = 0): DecodedCache {
  return new DecodedCache({ folder, limit, since })
}

/** Rows are padded, as a decoder's. */
function picture(index: number): RgbPicture {
  const rowBytes = WIDTH * 3 + 5
  const data = new Uint8Array(HEIGHT * rowBytes).fill(99)
  for (let y = 0; y < HEIGHT; y++) data.fill(10 * index + y, y * rowBytes, y * rowBytes + WIDTH * 3)
  return { data, frames: 1, rowBytes, width: WIDTH, height: HEIGHT }
}

function keep(into: DecodedCache, path: string): boolean {
  const writer = into.begin(path, BYTES)
  if (!writer) return false
  for (let i = 0; i < FRAMES; i++) writer.add(i, picture(i))
  writer.finish()
  writer.abandon()
  return true
}

function isKept(path: string, from = cache(1e9)): boolean {
  const file = from.open(path)
  file?.close()
  return file !== null
}

const files = (): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())

/** Seconds since 1970. */
const setAge = (path: string, time: number): void => utimesSync(path, time, time)

describe('DecodedCache', () => {
  it('gives the frames it was given, without padding, in another process too', () => {
    const path = video('a.avi')
    expect(isKept(path)).toBe(false)
    expect(keep(cache(1e9), path)).toBe(true)
    const file = cache(1e9).open(path)!
    expect(file).toMatchObject({ frames: FRAMES, width: WIDTH, height: HEIGHT })
    for (const index of [2, 0, 1]) {
      const row = (value: number): number[] => Array.from({ length: WIDTH * 3 }, () => value)
      expect([...file.read(index).data]).toEqual([...row(10 * index), ...row(10 * index + 1)])
    }
    file.close()
  })

  it('does not take what was decoded of a file that has changed since', () => {
    const path = video('a.avi')
    keep(cache(1e9), path)
    appendFileSync(path, 'more')
    expect(isKept(path)).toBe(false)
    rmSync(path)
    expect(isKept(path)).toBe(false)
  })

  it('takes a file that is cut off for none, and one that was never finished', () => {
    const path = video('a.avi')
    const writer = cache(1e9).begin(path, BYTES)!
    writer.add(0, picture(0))
    expect(isKept(path)).toBe(false)
    writer.abandon()
    expect(files()).toEqual([])
    keep(cache(1e9), path)
    truncateSync(files()[0], EXTRA + BYTES - 1)
    expect(isKept(path)).toBe(false)
  })

  it('lets what was not used for longest give way, but not what this run has used', () => {
    const limit = 2 * (BYTES + EXTRA)
    const [old, older, own, next] = ['old', 'older', 'own', 'next'].map(video)
    const keepAged = (path: string, time: number): void => {
      const before = new Set(existsSync(folder) ? files() : [])
      expect(keep(cache(limit), path)).toBe(true)
      setAge(
        files().find((file) => !before.has(file))!,
        time,
      )
    }
    keepAged(old, 2000)
    keepAged(older, 1000)
    const run = cache(limit, 3_000_000)
    // Room is made with some to spare.
    expect(keep(run, own)).toBe(true)
    expect([older, old, own].map((path) => isKept(path))).toEqual([false, false, true])
    expect(keep(run, next)).toBe(true)
    expect(keep(run, old)).toBe(false)
    expect([own, next, old].map((path) => isKept(path))).toEqual([true, true, false])
  })

  it('stays below its limit with several threads and processes', () => {
    const limit = 10 * (BYTES + EXTRA)
    const caches = [cache(limit), cache(limit), cache(limit)]
    for (let i = 0; i < 60; i++) keep(caches[i % 3], video(`v${i}`))
    const kept = files().reduce((sum, path) => sum + statSync(path).size, 0)
    expect(kept).toBeLessThanOrEqual(limit)
    expect(kept).toBeGreaterThan(limit / 2)
  })

  it('clears away what a killed process has left, once nobody can be writing it', () => {
    const path = video('a.avi')
    const killed = join(folder, '00', 'ab.rgb.0.part')
    const writing = join(folder, '00', 'cd.rgb.1.part')
    mkdirSync(join(folder, '00'), { recursive: true })
    for (const part of [killed, writing]) writeFileSync(part, Buffer.alloc(BYTES))
    setAge(killed, Date.now() / 1000 - 3600)
    const tight = cache(2 * BYTES + EXTRA)
    expect(keep(tight, path)).toBe(true)
    expect(existsSync(killed)).toBe(false)
    expect(existsSync(writing)).toBe(true)
  })

  it('fails once where the disk does not take it, and keeps nothing more', () => {
    writeFileSync(folder, 'a file where the folder should be')
    const broken = cache(1e9)
    const path = video('a.avi')
    expect(() => broken.begin(path, BYTES)).toThrow(/ENOTDIR|EEXIST/)
    expect(broken.hasFailed).toBe(true)
    expect(broken.begin(path, BYTES)).toBeNull()
    expect(broken.open(path)).toBeNull()
  })
})
