import { copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { VideoReader } from '#main/video/reader.ts'
import { VideoError } from '#main/video/video-error.ts'
import { writeVideo } from '#main/video/writer.ts'
import { cellMeans, fixture, frameOf, reference, scramble, temporaryFolder } from './fixtures.ts'
import { movingSquare } from './synthetic.ts'

const folder = temporaryFolder()

function refusal(path: string): VideoError {
  try {
    VideoReader.open(path).readAll()
  } catch (error) {
    if (error instanceof VideoError) return error
    throw error
  }
  throw new Error(`${path} was read without an error`)
}

describe.each(Object.entries(reference))('VideoReader on %s', (name, expected) => {
  const all = VideoReader.open(fixture(name)).readAll()

  it("says what FFmpeg's command line says", () => {
    const { info } = VideoReader.open(fixture(name))
    const { width, height, codec, pixelFormat, headerFrames } = expected
    expect(info).toMatchObject({ width, height, pixelFormat, headerFrames })
    expect(codec.startsWith(info.codec)).toBe(true)
    expect(info.fps).toBeCloseTo(expected.fps, 3)
    expect(info.duration).toBeCloseTo(expected.duration, 3)
  })

  it('decodes as many frames, with the same pictures', () => {
    expect(all.frames).toBe(expected.frames)
    for (const [index, cells] of Object.entries(expected.cells)) {
      const means = cellMeans(all.data, all.width, all.height, Number(index))
      means.forEach((mean, i) => expect(Math.abs(mean - cells[i]!)).toBeLessThan(0.3))
    }
  })

  it.each([true, false])(
    'reads any frame as decoding from the start gives it, scrub %s',
    (scrub) => {
      const reader = VideoReader.open(fixture(name), { scrub })
      const last = expected.frames - 1
      const jumps = [last, 0, 27, 26, 25, 24, last - 1, 1, last - 5, 3, last >> 1, last, 5]
      for (const index of jumps) {
        const { data } = reader.readFrames([index])
        expect(frameOf(all, index).equals(data), `frame ${index}`).toBe(true)
      }
      reader.close()
    },
  )

  it('states how many frames there are when asked for one too many', () => {
    const reader = VideoReader.open(fixture(name), { scrub: true })
    const wanted = `Expected frame ${expected.frames + 30}, the video has ${expected.frames} frames`
    expect(() => reader.readFrames([expected.frames + 30])).toThrow(wanted)
    expect(frameOf(all, 2).equals(reader.readFrames([2]).data)).toBe(true)
  })
})

describe('VideoReader', () => {
  const name = 'open-gop.mp4'

  it('gives frames in the order asked for, twice where asked twice', () => {
    const all = VideoReader.open(fixture(name)).readAll()
    const order = [40, 3, 40, 7, 3]
    const picked = VideoReader.open(fixture(name)).readFrames(order)
    expect(picked.frames).toBe(5)
    order.forEach((index, slot) =>
      expect(frameOf(picked, slot).equals(frameOf(all, index))).toBe(true),
    )
  })

  it('stops at maxFrames and can go on from the start', () => {
    const reader = VideoReader.open(fixture(name))
    const some = reader.readAll({ maxFrames: 7 })
    expect(some.frames).toBe(7)
    expect(some.data.length).toBe(7 * 160 * 120 * 3)
    const all = reader.readAll()
    expect(all.frames).toBe(90)
    expect(frameOf(all, 6).equals(frameOf(some, 6))).toBe(true)
  })

  it('stays usable when the file is gone for a while', () => {
    const path = join(folder, 'gone.mp4')
    copyFileSync(fixture(name), path)
    const reader = VideoReader.open(path)
    const { data } = reader.readFrames([50])
    renameSync(path, `${path}.away`)
    expect(() => reader.readFrames([10])).toThrow('There is no file')
    renameSync(`${path}.away`, path)
    expect(frameOf({ data, frames: 1 }, 0).equals(reader.readFrames([50]).data)).toBe(true)
    reader.close()
  })

  it('keeps two readers of one file apart', () => {
    const [a, b] = [VideoReader.open(fixture(name)), VideoReader.open(fixture(name))]
    const all = VideoReader.open(fixture(name)).readAll()
    for (let i = 0; i < 20; i++) {
      expect(frameOf(all, i).equals(a.readFrames([i]).data)).toBe(true)
      expect(frameOf(all, i * 3).equals(b.readFrames([i * 3]).data)).toBe(true)
    }
  })

  it('scales whole frames, so that the means of their parts stay', () => {
    const reader = VideoReader.open(fixture(name))
    const full = reader.readFrames([12, 40])
    const size = { width: 80, height: 60 }
    const scaled = reader.readFramesScaled([12, 40, 12], size)
    expect(scaled).toMatchObject({ frames: 3, ...size })
    expect(scaled.data).toHaveLength(3 * 60 * 80 * 3)
    for (const [slot, of] of [0, 1, 0].entries()) {
      const expected = cellMeans(full.data, 160, 120, of)
      cellMeans(scaled.data, 80, 60, slot).forEach((mean, i) =>
        expect(Math.abs(mean - expected[i]!)).toBeLessThan(3),
      )
    }
    const same = reader.readFramesScaled([40], { width: 160, height: 120 })
    expect(frameOf(full, 1).equals(same.data)).toBe(true)
    expect(() => reader.readFramesScaled([0], { width: 0, height: 9 })).toThrow(RangeError)
  })

  it.each([-1, 1.5, NaN])('refuses frame %s', (index) => {
    const reader = VideoReader.open(fixture(name))
    expect(() => reader.readFrames([index])).toThrow('frames are counted from 0')
  })

  it('leaves gray as it was written', async () => {
    const path = join(folder, 'ramp.mkv')
    const ramp = Uint8Array.from({ length: 64 * 16 }, (_, i) => i % 256) // [H, W]
    await writeVideo(path, { width: 64, height: 16, fps: 5, codec: 'ffv1' }, [ramp])
    const { data } = VideoReader.open(path).readAll()
    expect(data).toEqual(
      Uint8Array.from({ length: 64 * 16 * 3 }, (_, i) => ramp[Math.floor(i / 3)]!),
    )
  })
})

describe('VideoReader on broken files', () => {
  const whole = readFileSync(fixture('packed-b-frames.avi'))
  const write = (name: string, bytes: Uint8Array | string) => {
    const path = join(folder, name)
    writeFileSync(path, bytes)
    return path
  }

  it.each([
    ['a missing file', () => join(folder, 'missing.avi'), 'unreadable', /There is no file/],
    ['a folder', () => folder, 'unreadable', /is neither a video file nor a folder/],
    ['zero bytes', () => write('zero.avi', ''), 'empty', /empty \(0 bytes\)/],
    ['text', () => write('text.avi', 'a line of text\n'.repeat(500)), 'not-video', /not a video/],
    ['half a header', () => write('head.avi', whole.subarray(0, 150)), 'not-video', /cut off/],
    ['sound alone', () => fixture('audio-only.avi'), 'no-video-stream', /no video stream/],
  ])('says what is wrong with %s', (_, make, kind, message) => {
    const error = refusal(make())
    expect(error.kind).toBe(kind)
    expect(error.message).toMatch(message)
  })

  it('says so when not one frame can be decoded', () => {
    const file = readFileSync(fixture('open-gop.mp4'))
    const box = file.indexOf('mdat') - 4
    file.fill(0, box + 8, box + file.readUInt32BE(box))
    const error = refusal(write('pictures-gone.mp4', file))
    expect(error.kind).toBe('no-frame')
    expect(error.message).toMatch(/copy or download it again/)
  })

  it('reads what is left of a truncated file', () => {
    const reader = VideoReader.open(write('truncated.avi', whole.subarray(0, 200_000)))
    const { frames, data } = reader.readAll()
    expect(frames).toBeGreaterThan(20)
    expect(frames).toBeLessThan(104)
    expect(reader.damaged).toBeGreaterThan(0)
    const intact = VideoReader.open(fixture('packed-b-frames.avi')).readFrames([10])
    expect(frameOf({ frames, data }, 10).equals(intact.data)).toBe(true)
  })

  it('reads around damage in the middle and counts it', () => {
    const reader = VideoReader.open(write('damaged.avi', scramble(whole, 150_000, 8000)))
    const { frames } = reader.readAll()
    expect(frames).toBeGreaterThan(80)
    expect(frames).toBeLessThanOrEqual(104)
    expect(reader.damaged).toBeGreaterThan(0)
  })

  it('does not trust a seek whose pictures differ from decoding from the start', async () => {
    const path = join(folder, 'damaged-keyframe.avi')
    await writeVideo(path, { width: 160, height: 120, fps: 25 }, movingSquare(160, 120, 40))
    const bytes = readFileSync(path)
    const keyframe = nthPacket(bytes, 24)
    const damaged = scramble(bytes, keyframe.start + (keyframe.size >> 1), keyframe.size >> 1)
    writeFileSync(path, damaged)
    const all = VideoReader.open(path).readAll()
    const reader = VideoReader.open(path, { scrub: true })
    expect(reader.countFrames()).toBe(all.frames)
    for (const index of [all.frames - 1, 30, 26, 24, 25, 12, 13, 3]) {
      expect(frameOf(all, index).equals(reader.readFrames([index]).data), `frame ${index}`).toBe(
        true,
      )
    }
  })
})

/** Place of the n-th picture in an AVI file, by its index. */
function nthPacket(file: Buffer, n: number): { start: number; size: number } {
  const movi = file.indexOf('movi')
  const entry = file.indexOf('idx1') + 8 + n * 16
  const start = movi + file.readUInt32LE(entry + 8) + 8
  return { start, size: file.readUInt32LE(entry + 12) }
}
