import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ClipLoader } from '#main/trainer/loader/clip-loader.ts'
import { DecodedCache } from '#main/trainer/loader/decoded-cache.ts'
import { planCache } from '#main/video/plan-cache.ts'
import { VideoSource } from '#main/trainer/loader/video-source.ts'
import { VideoReader } from '#main/video/reader.ts'
import { tinyConfig } from '../tiny-videos.ts'

const fixtures = fileURLToPath(new URL('../../../fixtures/videos/', import.meta.url))
/** Packed B-frames that are too large to be kept in memory, long groups, changing distances. */
const NAMES = ['packed-b-frames.avi', 'open-gop.mp4', 'counts/h264-variable.mp4'] as const

const digest = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex')
const sizeOf = ({ width, height }: { width: number; height: number }): number => width * height * 3

let base: string
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'fame-source-'))
})
afterAll(() => rmSync(base, { recursive: true, force: true }))

function wholeVideo(path: string): string[] {
  const reader = VideoReader.open(path)
  const { data, frames, ...size } = reader.readAll()
  reader.close()
  const bytes = sizeOf(size)
  return Array.from({ length: frames }, (_, i) => digest(data.subarray(i * bytes, (i + 1) * bytes)))
}

function visited(source: VideoSource, indices: number[]): Map<number, string> {
  const found = new Map<number, string>()
  source.read(0, (frames) =>
    frames.visit(indices, (index, { data, rowBytes, width, height }) => {
      const rows = Array.from({ length: height }, (_, y) =>
        data.subarray(y * rowBytes, y * rowBytes + width * 3),
      )
      found.set(index, digest(Buffer.concat(rows)))
    }),
  )
  return found
}

describe.each(NAMES)('VideoSource on %s', (name) => {
  it('gives the frames of decoding it whole, from the file, from memory and from disk', () => {
    const path = join(fixtures, name)
    const all = wholeVideo(path)
    const videos = [{ path, frames: all.length }]
    const common = { videos, known: new Map<number, never>(), plans: planCache(1e6) }
    const disk = new DecodedCache({ folder: join(base, name), limit: 1e9, since: 0 })
    const n = all.length
    const indices = [n - 1, 3, 5, 7, 3, n >> 1, (n >> 1) + 2]
    for (const options of [
      { keep: false, disk: null },
      { keep: true, disk: null },
      { keep: false, disk },
      { keep: false, disk },
    ]) {
      const source = new VideoSource({ ...common, ...options })
      const found = visited(source, indices)
      expect(new Set(found.keys())).toEqual(new Set(indices))
      for (const [index, hash] of found) expect(hash, `frame ${index}`).toBe(all[index])
      expect(source.warnings).toEqual([])
    }
    const kept = readdirSync(join(base, name), { recursive: true, encoding: 'utf8' })
    expect(kept.filter((file) => file.endsWith('.rgb'))).toHaveLength(1)
  })
})

it('passes over a video that is damaged in the middle where a clip needs what is missing', () => {
  const bytes = readFileSync(join(fixtures, 'packed-b-frames.avi'))
  const cut = join(base, 'cut.avi')
  writeFileSync(cut, bytes.subarray(0, bytes.length / 2))
  const whole = join(fixtures, 'open-gop.mp4')
  const videos = [
    { path: cut, frames: 104 },
    { path: whole, frames: 90 },
  ]
  const disk = new DecodedCache({ folder: join(base, 'cut'), limit: 1e9, since: 0 })
  for (const kept of [null, disk]) {
    const common = { videos, known: new Map<number, never>(), plans: planCache(1e6) }
    const source = new VideoSource({ ...common, keep: false, disk: kept })
    expect(source.read(0, (frames) => frames.length)).toBe(104)
    expect(visited(source, [10, 12]).size).toBe(2)
    expect(source.warnings).toEqual([])
    expect(visited(source, [70, 80]).get(80)).toBe(wholeVideo(whole)[80])
    expect(source.warnings).toEqual([
      expect.stringMatching(/^cut\.avi is left out: Expected frame/),
    ])
  }
})

describe('ClipLoader with decoded videos on disk', () => {
  const videos = NAMES.map((name) => ({ path: join(fixtures, name), label: 0 })).map((video) => ({
    ...video,
    frames: wholeVideo(video.path).length,
  }))

  async function batches(folder?: string): Promise<{ hash: string; warnings: string[] }> {
    const hash = createHash('sha256')
    const warnings: string[] = []
    const config = tinyConfig({ batch: 3, queue: 6, loaderThreads: 2, decodedCache: 1 })
    const options = folder === undefined ? {} : { decodedCache: folder }
    const loader = new ClipLoader(videos, config, (text) => warnings.push(text), options)
    try {
      for await (const { views } of loader.batches(0, 2)) {
        for (const view of views) hash.update(view)
      }
    } finally {
      await loader.close()
    }
    return { hash: hash.digest('hex'), warnings }
  }

  it('gives the clips that it gives without, while it fills and when it is full', async () => {
    const without = await batches()
    const folder = join(base, 'loader')
    expect(await batches(folder)).toEqual(without)
    expect(readdirSync(folder, { recursive: true }).length).toBeGreaterThan(0)
    expect(await batches(folder)).toEqual(without)
    expect(without.warnings).toEqual([])
  })

  it('goes on with the same clips where the disk does not take them, and says so once', async () => {
    const without = await batches()
    const blocked = join(base, 'blocked')
    writeFileSync(blocked, 'no folder')
    const { hash, warnings } = await batches(blocked)
    expect(hash).toBe(without.hash)
    expect(warnings).toEqual([expect.stringMatching(/^Decoded videos are no longer stored/)])
  })
})
