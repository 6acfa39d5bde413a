import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readFramePlan } from '#main/video/frame-plan.ts'
import { VideoReader } from '#main/video/reader.ts'
import { frameRate, writeVideo } from '#main/video/writer.ts'
import { temporaryFolder } from './fixtures.ts'
import { growingDisc, movingSquare } from './synthetic.ts'

const folder = temporaryFolder()
const size = { width: 128, height: 96 }

async function* oneByOne(frames: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (const frame of frames) yield await Promise.resolve(frame)
}

describe('writeVideo', () => {
  it.each(['avi', 'mkv'])('gives the same bytes for the same frames in .%s', async (extension) => {
    const [a, b] = ['a', 'b'].map((name) => join(folder, `${name}.${extension}`)) as [
      string,
      string,
    ]
    expect(await writeVideo(a, { ...size, fps: 25 }, movingSquare(128, 96, 30))).toBe(30)
    await writeVideo(b, { ...size, fps: 25 }, oneByOne(movingSquare(128, 96, 30)))
    expect(readFileSync(a).equals(readFileSync(b))).toBe(true)
  })

  it('writes H.264 with B-frames, and keyframes where the interval says', async () => {
    const path = join(folder, 'b-frames.mp4')
    const options = { ...size, fps: 25, keyframeInterval: 15, codec: 'h264' } as const
    await writeVideo(path, options, movingSquare(128, 96, 40))
    const { info } = VideoReader.open(path)
    expect(info).toMatchObject({ ...size, fps: 25, codec: 'h264', headerFrames: 40 })
    const plan = readFramePlan(path)
    expect(plan?.keyframes.map(({ index }) => index)).toEqual([0, 15, 30])
    expect(plan?.keyframes.some(({ pts, dts }) => pts !== dts)).toBe(true)
  })

  it('keeps size, rate and count, and pictures closely', async () => {
    const path = join(folder, 'close.avi')
    await writeVideo(path, { ...size, fps: 29.97 }, movingSquare(128, 96, 64))
    const reader = VideoReader.open(path)
    const { fps, ...info } = reader.info
    expect(info).toMatchObject({
      ...size,
      codec: 'mpeg4',
      pixelFormat: 'yuv420p',
      headerFrames: 64,
    })
    expect(fps).toBeCloseTo(30000 / 1001, 6)
    const { data, frames } = reader.readAll()
    expect(frames).toBe(64)
    const truth = Buffer.concat([...movingSquare(128, 96, 64)])
    const error = data.reduce((sum, value, i) => sum + (value - truth[i]!) ** 2, 0) / data.length
    expect(10 * Math.log10(255 ** 2 / error)).toBeGreaterThan(34)
  })

  it.each(['avi', 'mkv'])('keeps every value of a mask with ffv1 in .%s', async (extension) => {
    const path = join(folder, `mask.${extension}`)
    await writeVideo(path, { ...size, fps: 25, codec: 'ffv1' }, growingDisc(128, 96, 20))
    const { data } = VideoReader.open(path).readAll()
    const truth = Buffer.concat([...growingDisc(128, 96, 20)])
    expect(data.length).toBe(truth.length * 3)
    expect(data.every((value, i) => value === truth[Math.floor(i / 3)])).toBe(true)
  })

  it('refuses a frame of the wrong length and leaves nothing behind', async () => {
    const before = readdirSync(folder)
    const path = join(folder, 'wrong.avi')
    const frames = [...movingSquare(128, 96, 2), new Uint8Array(10)]
    await expect(writeVideo(path, { ...size, fps: 25 }, frames)).rejects.toThrow(
      'Frame 2 has 10 bytes, expected 36864',
    )
    await expect(writeVideo(path, { ...size, fps: 25 }, [])).rejects.toThrow('at least one frame')
    expect(readdirSync(folder)).toEqual(before)
  })

  it.each([
    [25, 25, 1],
    [23.976, 24000, 1001],
    [29.97, 30000, 1001],
    [12.5, 12500, 1000],
  ])('writes %s frames a second as %s/%s', (fps, num, den) => {
    expect(frameRate(fps)).toEqual({ num, den })
  })

  it.each([0, -1, NaN, Infinity])('refuses %s frames a second', (fps) => {
    expect(() => frameRate(fps)).toThrow('is not positive')
  })
})
