import { deflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { packFlow } from '#shared/flow/bytes.ts'
import { fullMotion } from '#shared/flow/colours.ts'
import { stillField } from '#shared/flow/field.ts'
import { joinPiece } from '#shared/flow/piece.ts'
import { fieldAt, unpackPiece } from '../../../../src-renderer/src/features/player/flow-pieces.ts'
import { paintFlow, paintWheel } from '../../../../src-renderer/src/features/player/paint-flow.ts'

const size = { width: 3, height: 2 }

/** Two fields: one at rest, and one that moves to the right in its first pixel alone. */
function twoFields(): Uint8Array {
  const fields = new Uint8Array(24)
  const moving = stillField(3, 2)
  moving.u[0] = 5
  packFlow(stillField(3, 2), fields)
  packFlow(moving, fields, 12)
  return fields
}

test('a piece gives the field of each of its frames, and none of others', async () => {
  const fields = twoFields()
  const bytes = joinPiece({ ...size, from: 32, pairs: 2 }, deflateRawSync(fields))
  const piece = await unpackPiece(bytes.buffer)
  expect(piece).toMatchObject({ ...size, from: 32, pairs: 2 })
  expect(fieldAt(piece, 33)).toEqual(fields.subarray(12))
  expect([31, 34].map((frame) => fieldAt(piece, frame))).toEqual([null, null])
})

test('a piece that came damaged is refused', async () => {
  const bytes = joinPiece({ ...size, from: 0, pairs: 3 }, deflateRawSync(twoFields()))
  await expect(unpackPiece(bytes.buffer)).rejects.toThrow('The flow arrived damaged.')
})

test('motion is coloured and rest is transparent', () => {
  const rgba = new Uint8ClampedArray(24)
  paintFlow(twoFields().subarray(12), size, rgba)
  expect([...rgba.subarray(0, 4)]).toEqual([255, 0, 0, 255])
  expect(fullMotion({ width: 320, height: 256 })).toBe(4)
})

test('the wheel is clear in the middle, full at the rim and empty outside', () => {
  const side = 41
  const rgba = new Uint8ClampedArray(side * side * 4)
  paintWheel(side, rgba)
  const at = (x: number, y: number) => [
    ...rgba.subarray(4 * (y * side + x), 4 * (y * side + x) + 4),
  ]
  expect(at(20, 20)[3]).toBe(0)
  expect(at(39, 20).slice(0, 3)).toEqual([255, 0, 0])
  expect(at(39, 20)[3]).toBeGreaterThan(230)
  expect(at(1, 20).slice(0, 3)).toEqual([0, 255, 255])
  expect(at(0, 0)[3]).toBe(0)
})
