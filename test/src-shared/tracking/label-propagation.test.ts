import { describe, expect, it } from 'vitest'
import { gridLabels, objectShare, pixelLabels, softObject } from '#shared/tracking/label-maps.ts'
import {
  crwProtocol,
  dinoProtocol,
  LabelPropagation,
  type PropagationProtocol,
  type Similarity,
} from '#shared/tracking/label-propagation.ts'
import golden from '../../fixtures/tracking/propagation.json' with { type: 'json' }

const grid = { height: 5, width: 6 }
const [cells, channels, labels, frames] = [30, 4, 3, 5]

/** As the fixture's script makes them. */
function featuresOf(t: number): Float32Array {
  const out = new Float32Array(cells * channels)
  for (let i = 0; i < cells; i++) {
    const row = Array.from({ length: channels }, (_, c) =>
      Math.sin(1.3 * c + 0.7 * i + 0.41 * t + 0.05 * i * t),
    )
    const length = Math.hypot(...row)
    row.forEach((value, c) => (out[i * channels + c] = value / length))
  }
  return out
}

function firstLabels(): Float32Array {
  const out = new Float32Array(cells * labels)
  for (let i = 0; i < cells; i++) out[i * labels + (i % labels)] = 1
  return out
}

const protocols: Record<keyof typeof golden, PropagationProtocol> = {
  dino: { ...dinoProtocol, context: 2, radius: 2 },
  crw: { ...crwProtocol, context: 3, radius: 3, topK: 4 },
}

const product: Similarity = (features, others) =>
  Float32Array.from({ length: cells * cells }, (_, at) => {
    const [i, j] = [Math.floor(at / cells), at % cells]
    let sum = 0
    for (let c = 0; c < channels; c++) {
      sum += features[i * channels + c] * others[j * channels + c]
    }
    return sum
  })

describe('labels carried on by features', () => {
  for (const name of ['dino', 'crw'] as const) {
    it.each([
      ['cell by cell', undefined],
      ['from a matrix of cosines', product],
    ])(`are those of ${name}'s formula, %s`, (_, similarity) => {
      const protocol = protocols[name]
      const first = { features: featuresOf(0), labels: firstLabels() }
      const propagation = new LabelPropagation(first, { grid, labels, protocol, similarity })
      for (let t = 1; t < frames; t++) {
        const found = propagation.next(featuresOf(t))
        found.forEach((value, i) => expect(value).toBeCloseTo(golden[name][t - 1][i], 4))
      }
    })
  }
})

describe('label maps', () => {
  it('come back as they were where a cell is a block of pixels of one label', () => {
    const size = { height: 15, width: 12 }
    const at = (y: number, x: number) => (Math.floor(y / 3) < 2 ? 0 : x < 6 ? 1 : 2)
    const pixels = Uint8Array.from({ length: 180 }, (_, i) => at(Math.floor(i / 12), i % 12))
    const shares = gridLabels(pixels, { size, grid, count: labels })
    const back = pixelLabels(shares, { size, grid, count: labels })
    const agreeing = back.filter((label, i) => label === pixels[i]).length
    expect(agreeing / back.length).toBeGreaterThan(0.95)
    expect(back[0]).toBe(0)
    expect(back[14 * 12]).toBe(1)
    expect(back.at(-1)).toBe(2)
  })

  it('say how far a pixel belongs to the object, above a half where its label is that', () => {
    const shares = Float32Array.from({ length: cells * 2 }, (_, at) => {
      const share = 0.5 + 0.5 * Math.sin(1.7 * Math.floor(at / 2))
      return at % 2 === 1 ? share : 1 - share
    })
    const size = { height: 20, width: 24 }
    const soft = softObject(shares, { size, grid })
    const hard = pixelLabels(shares, { size, grid, count: 2 })
    expect(Math.min(...soft)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...soft)).toBeLessThanOrEqual(1)
    soft.forEach((value, i) => expect(Number(value > 0.5)).toBe(hard[i]))
    expect(hard).toContain(1)
    const plain = objectShare(shares, { size: grid, grid })
    plain.forEach((value, i) => expect(value).toBeCloseTo(shares[2 * i + 1], 6))
  })

  it('give an object that holds a small share everywhere its best place', () => {
    const shares = new Float32Array(cells * 2)
    for (let i = 0; i < cells; i++) {
      shares[2 * i + 1] = i === 14 ? 0.3 : 0.1
      shares[2 * i] = 1 - shares[2 * i + 1]
    }
    const found = pixelLabels(shares, { size: grid, grid, count: 2 })
    expect([...found.keys()].filter((i) => found[i] === 1)).toEqual([14])
  })
})
