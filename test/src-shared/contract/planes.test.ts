import { describe, expect, it } from 'vitest'
import { decodePlanes, encodePlanes, type MaskPlanes } from '#shared/contract/planes.ts'

const planes: MaskPlanes = {
  height: 2,
  width: 3,
  videoHeight: 20,
  videoWidth: 30,
  indices: [4, 6],
  energy: [0.25],
  compensated: false,
  camera: [[1.5, 0, 0.25, -2, 0, 0]],
  milliseconds: 1.5,
  change: Float32Array.from([0, 1, 2, 3, 0.5, 0.25]),
  seed: Float32Array.from([0, 0.2, 0.4, 0.6, 0.8, 1]),
  posterior: Float32Array.from([1, 0.8, 0.6, 0.4, 0.2, 0]),
  soft: Float32Array.from([0.1, 0.2, 0.3, 0.4, 0.5, 0.6]),
  motion: Float32Array.from([0, 0.5, 0.625, 0.75, 0.875, 1]),
  fronts: Uint8Array.from([0, 1, 0, 1, 1, 0, 0, 0, 1, 1, 1, 0]),
}

describe('planes as bytes', () => {
  it.each([1.5, 10.25, 100.125, 1000])(
    'come back as they were, header of any length (%d)',
    (ms) => {
      const sent = { ...planes, milliseconds: ms }
      expect(decodePlanes(encodePlanes(sent).buffer)).toEqual(sent)
    },
  )

  it('that are cut off are refused', () => {
    const bytes = encodePlanes(planes)
    expect(() => decodePlanes(bytes.buffer.slice(0, bytes.length - 1))).toThrow(RangeError)
  })
})
