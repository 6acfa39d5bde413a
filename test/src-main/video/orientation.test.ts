import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { FramePicker } from '#main/video/frame-picker.ts'
import { probeVideo } from '#main/video/probe.ts'
import { VideoReader } from '#main/video/reader.ts'
import type { RgbFrames } from '#main/video/reader.ts'
import { writeVideo } from '#main/video/writer.ts'
import { fixture, temporaryFolder } from './fixtures.ts'
import { movingSquare } from './synthetic.ts'

const folder = temporaryFolder()
const upright = join(folder, 'upright.mp4')
const [width, height, last] = [96, 64, 11]

/** a, b, c, d: a stored pixel at x, y is shown at a x + c y, b x + d y, both moved to begin at 0. */
type Matrix = [number, number, number, number]

const MATRICES: { matrix: Matrix; mirrored: boolean; rotation: number }[] = [
  { matrix: [0, 1, -1, 0], mirrored: false, rotation: 90 },
  { matrix: [-1, 0, 0, -1], mirrored: false, rotation: 180 },
  { matrix: [0, -1, 1, 0], mirrored: false, rotation: 270 },
  { matrix: [-1, 0, 0, 1], mirrored: true, rotation: 0 },
  { matrix: [0, -1, -1, 0], mirrored: true, rotation: 90 },
  { matrix: [1, 0, 0, -1], mirrored: true, rotation: 180 },
  { matrix: [0, 1, 1, 0], mirrored: true, rotation: 270 },
]

beforeAll(async () => {
  await writeVideo(upright, { width, height, fps: 25 }, movingSquare(width, height, last + 1))
})

/** Writes the matrix into the track header of a copy. */
function turnedCopy(matrix: Matrix): string {
  const bytes = readFileSync(upright)
  const at = bytes.indexOf('tkhd') + 44
  const [a, b, c, d] = matrix.map((value) => value * 65536) as Matrix
  for (const [place, value] of [a, b, 0, c, d].entries()) bytes.writeInt32BE(value, at + 4 * place)
  const path = join(folder, `${matrix.join()}.mp4`)
  writeFileSync(path, bytes)
  return path
}

function readFrame(path: string, read: (reader: VideoReader) => RgbFrames): RgbFrames {
  const reader = VideoReader.open(path)
  try {
    return read(reader)
  } finally {
    reader.close()
  }
}

/** Carries every pixel to where the matrix puts it. */
function carried({ data, width, height }: RgbFrames, [a, b, c, d]: Matrix): RgbFrames {
  const corner = (p: number, q: number) =>
    Math.min(0, p * (width - 1)) + Math.min(0, q * (height - 1))
  const [left, top] = [corner(a, c), corner(b, d)]
  const size = a === 0 ? { width: height, height: width } : { width, height }
  const target = new Uint8Array(data.length)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = (b * x + d * y - top) * size.width + (a * x + c * y - left)
      target.set(data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3), to * 3)
    }
  }
  return { frames: 1, ...size, data: target }
}

describe.each(MATRICES)(
  'A video to be mirrored: $mirrored, and rotated by $rotation',
  ({ matrix, ...orientation }) => {
    const frame = (path: string) => readFrame(path, (reader) => reader.readFrames([last]))

    it('is read as a player shows it', () => {
      const expected = carried(frame(upright), matrix)
      expect(frame(turnedCopy(matrix))).toEqual(expected)
    })

    it('gives training the same pictures', () => {
      const expected = carried(frame(upright), matrix)
      const picker = new FramePicker(turnedCopy(matrix))
      picker.pick([last], (_, { data, rowBytes, width, height }) => {
        expect({ width, height, rowBytes }).toEqual({
          width: expected.width,
          height: expected.height,
          rowBytes: expected.width * 3,
        })
        expect(Buffer.from(data).equals(expected.data)).toBe(true)
      })
      picker.close()
      expect.assertions(2)
    })

    it('is turned when it is scaled', () => {
      const small = { width: 24, height: 16 }
      const scaled = readFrame(upright, (reader) => reader.readFramesScaled([last], small))
      const expected = carried(scaled, matrix)
      const { width, height } = expected
      const read = readFrame(turnedCopy(matrix), (reader) =>
        reader.readFramesScaled([last], { width, height }),
      )
      expect(read).toEqual(expected)
    })

    it('has the size and the orientation of its pictures in the index', () => {
      const probe = probeVideo(turnedCopy(matrix))
      const size =
        orientation.rotation % 180 === 0 ? { width, height } : { width: height, height: width }
      expect(probe).toMatchObject({ ...size, ...orientation, error: null })
    })
  },
)

it('shows a picture that is turned by no quarter as it is stored', () => {
  const half = Math.SQRT1_2
  expect(probeVideo(turnedCopy([half, half, -half, half]))).toMatchObject({
    width,
    height,
    rotation: 0,
    mirrored: false,
    error: null,
  })
})

it.each([
  ['rot90.mp4', { rotation: 270, width: 64, height: 96 }],
  ['rot180.mp4', { rotation: 180, width: 96, height: 64 }],
])("follows the display matrix that FFmpeg's command line writes into %s", (name, expected) => {
  expect(probeVideo(fixture(`turned/${name}`))).toMatchObject({ ...expected, mirrored: false })
})
