import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodePlanes } from '#shared/contract/planes.ts'
import { computeMask } from '#shared/fame/masker.ts'
import { maskPlanes } from '#shared/fame/mask-planes.ts'
import { unpackRuns } from '#shared/masks/packed-runs.ts'
import { countForeground, decodeRuns } from '#shared/masks/runs.ts'
import { scoreMask } from '#main/masks/score-mask.ts'
import { DecoderPool } from '#main/video/decoder-pool.ts'
import { VideoReader } from '#main/video/reader.ts'
import { writeVideo } from '#main/video/writer.ts'
import { growingDisc, movingSquare } from '../../video/synthetic.ts'

const root = mkdtempSync(join(tmpdir(), 'fame-planes-'))
const square = join(root, 'square.avi')
const disc = join(root, 'disc.avi')
const shape = { width: 96, height: 64, fps: 25 }
const panned = join(root, 'panned.avi')
const pool = new DecoderPool({ size: 1 })
const clip = { start: 3, frames: 8, stride: 2 }
const origin = { beta: 0.3, variant: 'fame', adaptive: false, compensate: false, size: 64 } as const

beforeAll(async () => {
  await writeVideo(square, shape, [...movingSquare(shape.width, shape.height, 40)])
  await writeVideo(panned, shape, [...pan(shape.width, shape.height, 40)])
  const gray = { ...shape, codec: 'ffv1', pixelFormat: 'gray' } as const
  await writeVideo(disc, gray, [...growingDisc(shape.width, shape.height, 20)])
})

afterAll(() => {
  pool.close()
  rmSync(root, { recursive: true, force: true })
})

/** A textured plane before which a camera moves to the right. RGB u8 [H, W, 3]. */
function* pan(width: number, height: number, frames: number): Generator<Uint8Array> {
  for (let t = 0; t < frames; t++) {
    yield Uint8Array.from({ length: width * height * 3 }, (_, i) => {
      const x = (Math.floor(i / 3) % width) + 1.5 * t
      const y = Math.floor(i / 3 / width)
      return 128 + 60 * Math.sin(x / 5 + Math.sin(y / 7)) + 50 * Math.cos(y / 4 - x / 11)
    })
  }
}

function decoded(file: string, indices: number[]) {
  const reader = VideoReader.open(file)
  const frames = reader.readFrames(indices)
  reader.close()
  return frames
}

const indices = Array.from({ length: 8 }, (_, i) => 3 + 2 * i)

describe('planes', () => {
  it('are those of the clip at its own size, where that is asked for', async () => {
    const bytes = await pool.run('planes', {
      path: square,
      request: { ...clip, size: 64, compensate: false },
    })
    const planes = decodePlanes(new Uint8Array(bytes).buffer)
    const expected = computeMask(decoded(square, indices), { beta: 0.5, variant: 'fame' })
    expect(planes.indices).toEqual(indices)
    for (const name of ['change', 'seed', 'soft', 'posterior'] as const) {
      expect(planes[name]).toEqual(expected[name])
    }
  })

  it('tell the difference of each frame to the one before', async () => {
    const bytes = await pool.run('planes', {
      path: square,
      request: { ...clip, size: 64, compensate: false },
    })
    const { energy } = decodePlanes(new Uint8Array(bytes).buffer)
    const { data } = decoded(square, indices.slice(0, 2))
    const length = data.length / 2
    let sum = 0
    for (let i = 0; i < length; i++) sum += Math.abs(data[i + length] - data[i])
    expect(energy).toHaveLength(7)
    expect(energy[0]).toBeCloseTo(sum / length / 255, 6)
  })

  it('see little motion where the camera alone moves, once its motion is removed', async () => {
    const [plain, compensated] = await Promise.all(
      [false, true].map(async (compensate) => {
        const bytes = await pool.run('planes', {
          path: panned,
          request: { ...clip, size: 64, compensate },
        })
        const planes = decodePlanes(new Uint8Array(bytes).buffer)
        expect(planes.compensated).toBe(compensate)
        // Two frames on, the camera has moved by 3 pixels.
        const shifts = planes.camera?.map(([u0]) => Math.round(u0))
        expect(shifts).toEqual(compensate ? Array<number>(7).fill(-3) : undefined)
        return planes.change.reduce((sum, x) => sum + x, 0)
      }),
    )
    expect(compensated).toBeLessThan(plain / 2)
  })
})

describe("FAME's mask at the video's size", () => {
  it('is that of the clip, where it is analysed at that size', async () => {
    const base = await pool.run('fame-mask', { path: square, window: clip, origin })
    const expected = computeMask(decoded(square, indices), { beta: 0.3, variant: 'fame' })
    expect(base).toMatchObject({ width: 96, height: 64, origin })
    expect(decodeRuns(base.fame, 96 * 64)).toEqual(expected.mask)
  })

  it('has the part beta of the pixels when analysed smaller, for each variant but grid', async () => {
    for (const variant of ['fame', 'seed', 'gauss'] as const) {
      const { fame } = await pool.run('fame-mask', {
        path: square,
        window: clip,
        origin: { ...origin, variant, size: 24 },
      })
      expect(countForeground(fame)).toBe(Math.trunc(0.3 * 96 * 64))
    }
    const { fame } = await pool.run('fame-mask', {
      path: square,
      window: clip,
      origin: { ...origin, variant: 'grid', size: 24 },
    })
    expect(countForeground(fame)).toBe((96 * 64) / 2)
  })

  it('comes with the mask of each frame where the variant finds some', async () => {
    const asked = { path: square, window: clip, origin: { ...origin, variant: 'motion' as const } }
    const { fame, byFrame } = await pool.run('fame-mask', asked)
    const expected = computeMask(decoded(square, indices), { beta: 0.3, variant: 'motion' })
    expect(decodeRuns(fame, 96 * 64)).toEqual(expected.mask)
    expect([...byFrame!.keys()]).toEqual([...indices.keys()])
    for (const [frame, { source, mask }] of byFrame!) {
      expect(source).toBe('automatic')
      const found = expected.frames!.subarray(frame * 96 * 64, (frame + 1) * 96 * 64)
      expect(decodeRuns(unpackRuns(mask), 96 * 64)).toEqual(found)
    }
    expect(countForeground(fame)).toBeGreaterThan(0)
    const plain = await pool.run('fame-mask', { ...asked, origin })
    expect(plain.byFrame).toBeUndefined()
  })

  it('tells the beta that was chosen', async () => {
    const { fame, origin: made } = await pool.run('fame-mask', {
      path: square,
      window: clip,
      origin: { ...origin, adaptive: true },
    })
    expect(made.adaptive).toBe(true)
    expect(countForeground(fame)).toBe(Math.trunc(made.beta * 96 * 64))
  })
})

describe('the score of a clip', () => {
  it('is that of its planes', async () => {
    const score = await pool.run('score', {
      path: square,
      request: { ...clip, size: 64, compensate: false },
    })
    expect(score).toEqual(scoreMask(maskPlanes(decoded(square, indices))))
  })
})

describe('a true mask', () => {
  it('is the union of the frames named', async () => {
    const { width, height, runs } = await pool.run('true-mask', { path: disc, indices: [2, 12, 7] })
    const frames = [...growingDisc(shape.width, shape.height, 20)]
    expect([width, height]).toEqual([96, 64])
    expect(decodeRuns(runs, 96 * 64)).toEqual(frames[12].map((value) => value / 255))
  })
})

describe('motion energy', () => {
  it('is the same in one go, in pieces, and begun in the middle', async () => {
    const whole = await pool.run('energy', { path: square, from: 0, milliseconds: 60_000 })
    expect([whole.ended, whole.values.length, whole.values[0]]).toEqual([true, 40, 0])
    const values: number[] = []
    for (let ended = false; !ended;) {
      const piece = await pool.run('energy', { path: square, from: values.length, milliseconds: 0 })
      values.push(...piece.values)
      ended = piece.ended
    }
    expect(values).toEqual(whole.values)
    const rest = await pool.run('energy', { path: square, from: 17, milliseconds: 60_000 })
    expect(rest.values).toEqual(whole.values.slice(17))
    expect(Math.min(...whole.values.slice(1))).toBeGreaterThan(0)
  })
})
