import { expect, it } from 'vitest'
import { placesInTurn, toBytesAgain } from '#main/trainer/evaluation/pictures.ts'
import { imagenetScaling } from '#shared/encoders/scaling.ts'
import { normaliseColours } from '#main/trainer/loader/transforms/colour.ts'

it('takes videos in turn from every class', () => {
  const labels = [0, 0, 0, 1, 1, 2]
  expect(placesInTurn(labels, 3)).toEqual([0, 3, 5])
  expect(placesInTurn(labels, 5)).toEqual([0, 1, 3, 4, 5])
  expect(placesInTurn(labels, 100)).toEqual([0, 1, 2, 3, 4, 5])
})

it('takes classes spread over all where there are more of them than videos', () => {
  const labels = Array.from({ length: 100 }, (_, i) => i)
  expect(placesInTurn(labels, 4)).toEqual([0, 25, 50, 75])
})

it('gives the bytes back that were normalised for the encoder', () => {
  const bytes = Uint8Array.from({ length: 256 * 3 }, (_, i) => Math.floor(i / 3))
  const data = Float32Array.from(bytes, (value) => value / 255)
  normaliseColours({ data, frames: 1, height: 16, width: 16 }, imagenetScaling)
  expect(toBytesAgain(data, imagenetScaling)).toEqual(bytes)
})
