import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import sharp from 'sharp'
import { framePattern, framePaths, frameSequence } from '#main/video/frame-sequence.ts'
import { probeVideo } from '#main/video/probe.ts'
import { VideoReader } from '#main/video/reader.ts'
import { temporaryFolder } from './fixtures.ts'

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i)
const padded = (prefix: string, from: number, to: number, ending = '.jpg'): string[] =>
  numbers(from, to).map((number) => `${prefix}${String(number).padStart(5, '0')}${ending}`)

describe('a folder of pictures', () => {
  it('is a video where the names differ by number alone, in the order of the numbers', () => {
    expect(frameSequence(padded('img_', 1, 300))).toEqual({
      prefix: 'img_',
      width: 5,
      ending: '.jpg',
      first: 1,
      last: 300,
      missing: null,
    })
    const plain = numbers(0, 11).map((number) => `${number}.png`)
    expect(frameSequence(plain)).toMatchObject({ width: 1, first: 0, last: 11, missing: null })
    // 9999 is followed by 10000, which needs no zeros.
    const long = numbers(9990, 10010).map((number) => `f${String(number).padStart(4, '0')}.jpg`)
    expect(frameSequence(long)).toMatchObject({ width: 4, last: 10010, missing: null })
  })

  it('may have optical flow and notes beside the frames, as mmaction2 leaves them', () => {
    const flow = [...padded('flow_x_', 1, 30), ...padded('flow_y_', 1, 30), 'notes.txt']
    expect(frameSequence([...flow, ...padded('img_', 1, 31)])).toMatchObject({ last: 31 })
    expect(frameSequence(flow)).toBeNull()
  })

  it('says which number is missing', () => {
    const names = padded('img_', 1, 20).filter((name) => !name.includes('00007'))
    expect(frameSequence(names)).toMatchObject({ missing: 7 })
  })

  it('is none where there are few, or of several kinds', () => {
    expect(frameSequence(padded('img_', 1, 7))).toBeNull()
    expect(frameSequence([...padded('a', 1, 20), ...padded('b', 1, 20)])).toBeNull()
    expect(frameSequence([...padded('a', 1, 20), '21.jpg'])).toBeNull()
    expect(frameSequence(['holiday.jpg', 'portrait.png'])).toBeNull()
    expect(frameSequence([...numbers(1, 9).map((n) => `a0${n}.jpg`), 'a1.jpg'])).toBeNull()
  })
})

it.each([
  ['img_', '/data/clip/img_%05d.jpg', '/data/clip/img_00001.jpg'],
  ['', '/data/clip/%05d.jpg', '/data/clip/00001.jpg'],
  ['100%_', '/data/clip/100%%_%05d.jpg', '/data/clip/100%_00001.jpg'],
])('the pattern of frames with the prefix "%s" is in their folder', (prefix, pattern, first) => {
  const sequence = frameSequence(padded(prefix, 1, 12))!
  expect(framePattern('/data/clip', sequence)).toBe(pattern)
  expect(framePaths('/data/clip', sequence)[0]).toBe(first)
})

/** Frames whose gray is 8 times their number. */
async function writeFrames(folder: string, from: number, to: number, ending: string) {
  mkdirSync(folder, { recursive: true })
  for (const number of numbers(from, to)) {
    const background = { r: 8 * number, g: 8 * number, b: 8 * number }
    const picture = sharp({ create: { width: 48, height: 32, channels: 3, background } })
    await picture.toFile(join(folder, `img_${String(number).padStart(5, '0')}${ending}`))
  }
}

describe.each(['.jpg', '.png'])('a folder of frames as %s', (ending) => {
  // A percent sign must not be taken for a part of the pattern.
  const folder = join(temporaryFolder(), '100%d of it')

  it('is probed and decoded like a video, any frame at once', async () => {
    await writeFrames(folder, 3, 22, ending)
    expect(probeVideo(folder)).toMatchObject({
      frames: 20,
      width: 48,
      height: 32,
      fps: 25,
      error: null,
      variableRate: false,
    })
    const reader = VideoReader.open(folder, { scrub: true })
    const all = reader.readAll()
    expect(all.frames).toBe(20)
    for (const index of [19, 0, 7, 6, 18]) {
      const { data } = reader.readFrames([index])
      expect(Math.abs(data[0]! - 8 * (index + 3))).toBeLessThanOrEqual(1)
      expect(Math.abs(all.data[index * 48 * 32 * 3]! - data[0]!)).toBe(0)
    }
    reader.close()
  })

  it('is known by its content, wherever it lies', async () => {
    const { hash, size } = probeVideo(folder)
    expect(hash).toMatch(/^[0-9a-f]{32}$/)
    expect(size).toBeGreaterThan(1000)
    renameSync(folder, `${folder} moved`)
    expect(probeVideo(`${folder} moved`)).toMatchObject({ hash, size })
    await writeFrames(`${folder} moved`, 12, 12, ending)
    expect(probeVideo(`${folder} moved`).hash).toBe(hash)
    const last = join(`${folder} moved`, `img_00022${ending}`)
    await sharp({ create: { width: 48, height: 32, channels: 3, background: 'red' } }).toFile(last)
    expect(probeVideo(`${folder} moved`).hash).not.toBe(hash)
  })

  it('is damaged where a frame is missing or broken', () => {
    const moved = `${folder} moved`
    writeFileSync(join(moved, `img_00010${ending}`), '')
    expect(probeVideo(moved)).toMatchObject({ frames: 7, errorKind: 'damaged' })
    expect(probeVideo(moved).error).toContain('Picture 8 of 20 is empty or cannot be read')
    rmSync(join(moved, `img_00010${ending}`))
    const { error, errorKind } = probeVideo(moved)
    expect(errorKind).toBe('damaged')
    expect(error).toContain('frames from 3 to 22 but no frame 10')
  })
})
