import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FramePicker } from '#main/video/frame-picker.ts'
import { VideoReader } from '#main/video/reader.ts'
import type { PictureSize, RgbFrames } from '#main/video/reader.ts'
import { fixture } from './fixtures.ts'

type Colour = [number, number, number]

/** What FFmpeg's filters make of the last frame: R, G, B in the middle of 4 x 4 cells, row by row. */
const reference = JSON.parse(readFileSync(fixture('colours/reference.json'), 'utf8')) as Record<
  string,
  Colour[]
>

function read(name: string, index: number, size?: PictureSize): RgbFrames {
  const reader = VideoReader.open(fixture(`colours/${name}`))
  try {
    return size ? reader.readFramesScaled([index], size) : reader.readFrames([index])
  } finally {
    reader.close()
  }
}

/** R, G, B in the middle of 4 x 4 cells, row by row. */
function centres({ data, width, height }: Omit<RgbFrames, 'frames'>): number[][] {
  return Array.from({ length: 16 }, (_, cell) => {
    const x = Math.floor((((cell % 4) + 0.5) * width) / 4)
    const y = Math.floor((Math.floor(cell / 4) + 0.5) * (height / 4))
    return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)]
  })
}

function expectClose(found: number[][], expected: number[][], tolerance: number): void {
  found.forEach((colour, cell) =>
    colour.forEach((value, channel) =>
      expect(
        Math.abs(value - expected[cell]![channel]!),
        `cell ${cell}, channel ${channel}`,
      ).toBeLessThanOrEqual(tolerance),
    ),
  )
}

describe.each(Object.entries(reference))('The colours of %s', (name, expected) => {
  it("are those that FFmpeg's filters give", () => {
    expectClose(centres(read(name, 1)), expected, 1)
  })

  it('are the same in pictures of another size', () => {
    // Twice the size, so that the middle of a cell does not mix with the next cell.
    expectClose(centres(read(name, 1, { width: 64, height: 64 })), expected, 3)
  })

  it('are the same for training', () => {
    const picker = new FramePicker(fixture(`colours/${name}`))
    picker.pick([1], (_, { data, rowBytes, width, height }) => {
      const rows = Array.from({ length: height }, (_, y) =>
        data.subarray(y * rowBytes, y * rowBytes + width * 3),
      )
      expectClose(centres({ data: Buffer.concat(rows), width, height }), expected, 1)
    })
    picker.close()
    expect.assertions(48)
  })
})

it('converts BT.709 by its own matrix', () => {
  const { data } = read('bt709_green.mp4', 0)
  expectClose([[...data.subarray(0, 3)]], [[0, 126, 0]], 2)
})

it('takes ten bits of full range as they are', () => {
  const { data } = read('full10_gray.mp4', 0)
  expectClose([[...data.subarray(0, 3)]], [[64, 64, 64]], 1)
})
