import { describe, expect, it } from 'vitest'
import { flowAlgorithms } from '#shared/flow/algorithms.ts'
import { flowPicture, packFlow, STILL, unpacked } from '#shared/flow/bytes.ts'
import { paintMotion } from '#shared/flow/colours.ts'
import type { GreyImage } from '#shared/flow/field.ts'
import { flowSize } from '#shared/flow/flow-size.ts'
import { greyOf } from '#shared/flow/grey.ts'
import { FLOW_ALGORITHMS } from '#shared/flow/names.ts'
import { fieldBytes, joinPiece, pieceAt, splitPiece } from '#shared/flow/piece.ts'
import { medianOfFive } from '#shared/flow/tvl1/median.ts'
import { Rng } from '#shared/random/rng.ts'

/** A pattern of a few waves, which has a value anywhere, seen from an offset. */
function pattern(width: number, height: number, offsetX: number, offsetY: number): GreyImage {
  const data = new Uint8Array(width * height)
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const [px, py] = [x - offsetX, y - offsetY]
      const waves =
        Math.sin(px / 5 + py / 9) + Math.sin(px / 11 - py / 6) + 0.6 * Math.sin(px / 3.3 + py / 4.1)
      data[i] = Math.round(128 + 40 * waves)
    }
  }
  return { width, height, data }
}

describe.each(FLOW_ALGORITHMS)('%s', (algorithm) => {
  it.each([
    [1.3, -0.7],
    [-2.5, 1.75],
  ])('finds a pattern that moved by %f to the right and %f down', (dx, dy) => {
    const [width, height] = [112, 96]
    const sequence = flowAlgorithms[algorithm]()
    sequence.next(pattern(width, height, 0, 0))
    const { u, v } = sequence.next(pattern(width, height, dx, dy))!
    let error = 0
    let pixels = 0
    for (let y = 16; y < height - 16; y++) {
      for (let x = 16; x < width - 16; x++, pixels++) {
        error += Math.hypot(u[y * width + x] - dx, v[y * width + x] - dy)
      }
    }
    expect(error / pixels).toBeLessThan(0.15)
  })

  it('finds no motion between equal frames', () => {
    const sequence = flowAlgorithms[algorithm]()
    sequence.next(pattern(112, 96, 0, 0))
    const { u, v } = sequence.next(pattern(112, 96, 0, 0))!
    // At the border Farneback's window has pixels without a partner, in OpenCV as well.
    const middle = 48 * 112 + 56
    expect(Math.hypot(u[middle], v[middle])).toBeLessThan(1e-3)
    expect(u.reduce((sum, value) => sum + Math.abs(value), 0) / u.length).toBeLessThan(0.02)
  })

  it('goes on from the frame before', () => {
    const frames = [0, 1.5, 3.25].map((dx) => pattern(64, 48, dx, 0))
    const whole = flowAlgorithms[algorithm]()
    const fields = frames.map((frame) => whole.next(frame))
    const alone = flowAlgorithms[algorithm]()
    alone.next(frames[1])
    expect(fields[2]).toEqual(alone.next(frames[2]))
  })
})

it('says that a frame is too small for patches', () => {
  const sequence = flowAlgorithms['dis-ultrafast']()
  expect(() => sequence.next(pattern(20, 6, 0, 0))).toThrow(/8 x 8 pixels/)
})

describe('bytes of flow', () => {
  it('are clipped at 20 px and rounded to 40/255 px', () => {
    const field = {
      ...{ width: 4, height: 1 },
      u: Float32Array.of(0, -20, 31, 1),
      v: Float32Array.of(20, -44, 0.1, -1),
    }
    const bytes = new Uint8Array(8)
    packFlow(field, bytes)
    expect([...bytes]).toEqual([128, 0, 255, 134, 255, 0, 128, 121])
    expect(unpacked(134)).toBeCloseTo(1, 1)
  })

  it('make a picture whose third channel is constant', () => {
    const bytes = Uint8Array.of(9, 9, 1, 2, 3, 4)
    expect([...flowPicture(bytes, 2, 2)]).toEqual([1, 3, STILL, 2, 4, STILL])
  })

  it('travel in pieces with their place', () => {
    const header = { width: 5, height: 3, from: 64, pairs: 7 }
    const piece = splitPiece(joinPiece(header, Uint8Array.of(1, 2, 3)))
    expect(piece.header).toEqual(header)
    expect([...piece.deflated]).toEqual([1, 2, 3])
    expect(fieldBytes(header)).toBe(7 * 2 * 5 * 3)
    expect([0, 31, 32, 64].map(pieceAt)).toEqual([0, 0, 1, 2])
  })
})

it('shrinks a video to the size of its flow and never enlarges one', () => {
  expect(flowSize({ width: 320, height: 240 }, 128)).toEqual({ width: 171, height: 128 })
  expect(flowSize({ width: 64, height: 48 }, 128)).toEqual({ width: 64, height: 48 })
})

it('weighs colours as BT.601 does', () => {
  const data = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255)
  expect([...greyOf({ data, width: 4, height: 1 }).data]).toEqual([76, 150, 29, 255])
})

it('takes the middle of each window of 5 x 5, the edge repeated', () => {
  const [width, height] = [9, 7]
  const rng = new Rng(3)
  const plane = Float32Array.from({ length: width * height }, () => rng.int(12))
  const median = medianOfFive(plane, width, height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const window: number[] = []
      for (let r = y - 2; r <= y + 2; r++) {
        for (let c = x - 2; c <= x + 2; c++) {
          const row = Math.min(height - 1, Math.max(0, r))
          window.push(plane[row * width + Math.min(width - 1, Math.max(0, c))])
        }
      }
      expect(median[y * width + x]).toBe(window.sort((a, b) => a - b)[12])
    }
  }
})

describe('the colour of a motion', () => {
  const colourOf = (u: number, v: number): number[] => {
    const rgba = new Uint8ClampedArray(4)
    paintMotion(u, v, 4, rgba, 0)
    return [...rgba]
  }

  it('has its direction as hue, from red on the right clockwise', () => {
    expect(colourOf(4, 0)).toEqual([255, 0, 0, 255])
    expect(colourOf(-4, 0)).toEqual([0, 255, 255, 255])
    const [red, green, blue] = colourOf(0, 4)
    expect([green, blue]).toEqual([255, 0])
    expect(red).toBeCloseTo(128, -1)
  })

  it('has its speed as opacity, up to the full one', () => {
    expect([0, 1, 2, 9].map((speed) => colourOf(speed, 0)[3])).toEqual([0, 64, 128, 255])
  })
})
