import { createHash } from 'node:crypto'
import { copyFileSync, writeFileSync } from 'node:fs'
import { constants, getPriority } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { maskClip } from '#main/media/mask-pictures.ts'
import { DecoderPool } from '#main/video/decoder-pool.ts'
import { VideoReader } from '#main/video/reader.ts'
import type { VideoError } from '#main/video/video-error.ts'
import { writeVideo } from '#main/video/writer.ts'
import { fixture, temporaryFolder } from './fixtures.ts'
import { movingSquare } from './synthetic.ts'

const folder = temporaryFolder()
const clip = fixture('open-gop.mp4')
const other = fixture('moving-camera.avi')
const pools: DecoderPool[] = []

function openPool(options: ConstructorParameters<typeof DecoderPool>[0]): DecoderPool {
  const pool = new DecoderPool(options)
  pools.push(pool)
  return pool
}
/** A pool of one decoder that has started. */
async function startedPool(queueLimit = 512): Promise<{ pool: DecoderPool; pid: number }> {
  const pool = openPool({ size: 1, queueLimit })
  await pool.probe(clip)
  return { pool, pid: pool.pids[0]! }
}
const kindOf = (job: Promise<unknown>): Promise<string> =>
  job.then(
    () => 'done',
    (error: VideoError) => error.kind,
  )
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

afterEach(() => {
  for (const pool of pools.splice(0)) pool.close()
})

describe('DecoderPool', () => {
  it('gives the frames that a reader gives', async () => {
    const pool = openPool({ size: 2 })
    const wanted = [30, 2, 89]
    const [frames, probe] = await Promise.all([pool.frames(clip, wanted), pool.probe(other)])
    const direct = VideoReader.open(clip).readFrames(wanted)
    expect(frames).toMatchObject({ frames: 3, width: 160, height: 120 })
    expect(digest(frames.data)).toBe(digest(direct.data))
    expect(probe).toMatchObject({ frames: 31, error: null })
  })

  it('encodes a frame as PNG without loss and as JPEG of a given width', async () => {
    const pool = openPool({ size: 1 })
    const png = sharp(await pool.framePng(clip, 44))
    const { data } = VideoReader.open(clip).readFrames([44])
    expect(digest(await png.raw().toBuffer())).toBe(digest(data))
    const jpeg = await sharp((await pool.frameJpeg(clip, 44, { width: 80 })).bytes).metadata()
    expect(jpeg).toMatchObject({ format: 'jpeg', width: 80, height: 60 })
  })

  it('lets other processes go first in the background', async () => {
    const [front, back] = [openPool({ size: 1 }), openPool({ size: 1, background: true })]
    await Promise.all([front.probe(clip), back.probe(clip)])
    expect(getPriority(front.pids[0])).toBe(getPriority())
    // Nothing can give way more than the tests themselves do at the lowest priority.
    const least = constants.priority.PRIORITY_LOW
    const more = Math.min(getPriority() + 1, least)
    expect(getPriority(back.pids[0])).toBeGreaterThanOrEqual(more)
  })

  it('makes a thumbnail where the header promises more frames than there are', async () => {
    const pool = openPool({ size: 1 })
    const thumbnail = await sharp(await pool.thumbnail(other, { width: 64 })).metadata()
    expect(thumbnail).toMatchObject({ format: 'jpeg', width: 64, height: 48 })
  })

  it('makes the mask of a clip in the decoder, as maskClip makes it', async () => {
    const { pool } = await startedPool()
    const request = {
      start: 10,
      frames: 8,
      stride: 3,
      size: 64,
      beta: 0.4,
      variant: 'fame' as const,
    }
    const figures = await pool.run('mask', { path: clip, request, layers: [] })
    expect(figures.layers).toEqual({})
    expect(figures.summary.indices).toEqual([10, 13, 16, 19, 22, 25, 28, 31])
    const { layers } = await pool.run('mask', { path: clip, request, layers: ['mask', 'overlay'] })
    const frames = VideoReader.open(clip).readFrames(figures.summary.indices)
    const masked = maskClip(frames, request)
    const mask = sharp(layers.mask).toColourspace('b-w')
    expect(digest(await mask.raw().toBuffer())).toBe(digest(masked.mask.map((v) => v * 255)))
    expect(figures.summary.foreground).toBeCloseTo(masked.summary.foreground, 9)
    expect(await sharp(layers.overlay).metadata()).toMatchObject({ width: 64, height: 64 })
    const other = await pool.run('mask', {
      path: clip,
      request: { ...request, beta: 0.2 },
      layers: [],
    })
    expect(other.summary.foreground).toBeLessThan(figures.summary.foreground)
    expect(
      await kindOf(
        pool.run('mask', { path: clip, request: { ...request, start: 80 }, layers: [] }),
      ),
    ).toBe('out-of-range')
  })

  it('passes the error of a video on', async () => {
    const { pool } = await startedPool()
    const message = 'Expected frame 500, the video has 90 frames'
    await expect(pool.framePng(clip, 500)).rejects.toThrow(message)
    const empty = join(folder, 'empty.avi')
    writeFileSync(empty, '')
    expect(await kindOf(pool.frames(empty, [0]))).toBe('empty')
    expect(await pool.probe(empty)).toMatchObject({ errorKind: 'empty', frames: null })
  })

  it('reads a file anew after it changed', async () => {
    const { pool } = await startedPool()
    const path = join(folder, 'changing.avi')
    copyFileSync(other, path)
    expect((await pool.frames(path, [0])).width).toBe(320)
    copyFileSync(fixture('packed-b-frames.avi'), path)
    expect((await pool.frames(path, [0])).width).toBe(720)
  })

  it('loses one job alone when its decoder is killed, and starts another', async () => {
    const { pool, pid } = await startedPool()
    process.kill(pid, 'SIGSTOP')
    const lost = pool.frames(clip, [5])
    const waiting = pool.frames(clip, [6])
    process.kill(pid, 'SIGKILL')
    await expect(lost).rejects.toThrow(
      /The decoder process ended \(SIGKILL\) while reading .*open-gop/,
    )
    expect((await waiting).frames).toBe(1)
    expect(pool.pids).toHaveLength(1)
    expect(pool.pids[0]).not.toBe(pid)
  })

  it('kills a decoder that hangs', async () => {
    const { pool, pid } = await startedPool()
    process.kill(pid, 'SIGSTOP')
    const hanging = pool.frames(clip, [5], { timeout: 100 })
    const waiting = pool.frames(clip, [6])
    await expect(hanging).rejects.toThrow('made no progress for 0.1 s and was stopped')
    expect((await waiting).frames).toBe(1)
    await expect.poll(() => isRunning(pid)).toBe(false)
  })

  it('drops cancelled jobs, waiting or under way', async () => {
    const { pool, pid } = await startedPool()
    process.kill(pid, 'SIGSTOP')
    const abort = new AbortController()
    const cancelled = [1, 2, 3].map((i) => kindOf(pool.frames(clip, [i], abort)))
    const kept = pool.frames(clip, [4])
    abort.abort()
    expect(await Promise.all(cancelled)).toEqual(['cancelled', 'cancelled', 'cancelled'])
    expect(await kindOf(pool.frames(clip, [1], abort))).toBe('cancelled')
    process.kill(pid, 'SIGCONT')
    expect((await kept).frames).toBe(1)
    expect(pool.pids).toEqual([pid])
  })

  describe('on a video with a single keyframe', () => {
    const path = join(folder, 'long.mp4')
    const last = 299
    beforeAll(async () => {
      const options = { width: 480, height: 360, fps: 25, keyframeInterval: 300 }
      await writeVideo(path, { ...options, codec: 'h264' }, movingSquare(480, 360, last + 1))
    })

    it('gives a near picture while the exact one is decoded', async () => {
      const { pool } = await startedPool()
      await pool.frameJpeg(clip, 0)
      const order: string[] = []
      const exact = pool.frameJpeg(path, last).then(({ index }) => order.push(`exact ${index}`))
      const near = await pool.frameJpeg(path, last, { near: true })
      order.push('near')
      expect(near.index).toBeLessThan(last)
      const all = VideoReader.open(path).readFrames([near.index])
      const { data } = await sharp(near.bytes).raw().toBuffer({ resolveWithObject: true })
      const off = data.reduce((sum, value, i) => sum + Math.abs(value - all.data[i]!), 0)
      expect(off / data.length).toBeLessThan(4)
      await exact
      expect(order).toEqual(['near', `exact ${last}`])
      expect((await pool.frameJpeg(path, last, { near: true })).index).toBe(last)
    })

    it('stops decoding for a job that is cancelled', async () => {
      const { pool, pid } = await startedPool()
      await pool.frameJpeg(clip, 0)
      const abort = new AbortController()
      const exact = kindOf(pool.frameJpeg(path, last, { signal: abort.signal }))
      abort.abort()
      expect(await exact).toBe('cancelled')
      // Once another job is done, so is that one, in whatever way.
      await pool.probe(clip)
      expect((await pool.frameJpeg(path, last, { near: true })).index).toBeLessThan(last)
      expect(pool.pids).toEqual([pid])
    })
  })

  it('refuses jobs beyond its limit and lets pictures go before probes', async () => {
    const { pool, pid } = await startedPool(3)
    process.kill(pid, 'SIGSTOP')
    const order: string[] = []
    const note = (name: string) => () => void order.push(name)
    const jobs = [
      pool.probe(other).then(note('first')),
      pool.probe(other).then(note('probe')),
      pool.frames(clip, [0]).then(note('frame')),
      pool.thumbnail(clip).then(note('thumbnail')),
    ]
    expect(await kindOf(pool.probe(other))).toBe('busy')
    process.kill(pid, 'SIGCONT')
    await Promise.all(jobs)
    expect(order).toEqual(['first', 'frame', 'thumbnail', 'probe'])
  })

  it('rejects what is left when it closes, and leaves no process', async () => {
    const { pool, pid } = await startedPool()
    process.kill(pid, 'SIGSTOP')
    const jobs = [1, 2].map((i) => kindOf(pool.frames(clip, [i])))
    pool.close()
    expect(await Promise.all(jobs)).toEqual(['cancelled', 'cancelled'])
    expect(await kindOf(pool.probe(clip))).toBe('cancelled')
    await expect.poll(() => isRunning(pid)).toBe(false)
  })
})

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
