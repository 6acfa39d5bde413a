import { describe, expect, it } from 'vitest'
import { analysisSize } from '#shared/fame/analysis-size.ts'
import { fullSizeMask } from '#shared/fame/full-size-mask.ts'
import { Rng } from '#shared/random/rng.ts'

const rng = new Rng(5)
const small = { height: 12, width: 20 }
const noise = () => Float32Array.from({ length: small.height * small.width }, () => rng.uniform())
const planes = { ...small, seed: noise(), soft: noise() }
const size = { height: 48, width: 80 }
const count = (data: Uint8Array) => data.reduce((sum, value) => sum + value, 0)

describe("a mask at the video's size", () => {
  it('has the part beta of its pixels, and grows with beta', () => {
    for (const variant of ['fame', 'seed', 'gauss'] as const) {
      const [less, more] = [0.2, 0.5].map((beta) => fullSizeMask(planes, { beta, variant }, size))
      expect([less.height, less.width]).toEqual([48, 80])
      expect([count(less.data), count(more.data)]).toEqual([768, 1920])
      expect(less.data.every((value, i) => value <= more.data[i])).toBe(true)
    }
  })

  it('lies where the plane is high: of a quarter that is bright, there', () => {
    const soft = Float32Array.from({ length: 240 }, (_, i) => (i % 20 < 10 && i < 120 ? 1 : 0))
    const { data } = fullSizeMask({ ...planes, soft }, { beta: 0.2, variant: 'fame' }, size)
    data.forEach((value, i) => {
      if (value === 1) expect([i % 80 < 40, i < 24 * 80]).toEqual([true, true])
    })
  })

  it('is 8 of the 16 cells for grid, whatever beta', () => {
    const { data } = fullSizeMask(planes, { beta: 0.1, variant: 'grid' }, size)
    const cells = Array.from({ length: 16 }, (_, cell) => {
      const at = (cell >> 2) * 12 * 80 + (cell & 3) * 20
      return data[at]
    })
    expect([count(data), cells.reduce((a, b) => a + b)]).toEqual([1920, 8])
  })
})

describe('the size of the analysis', () => {
  it('brings the short side to what is asked for and keeps the shape', () => {
    expect(analysisSize({ height: 240, width: 320 }, 112)).toEqual({ height: 112, width: 149 })
    expect(analysisSize({ height: 1280, width: 720 }, 90)).toEqual({ height: 160, width: 90 })
    expect(analysisSize({ height: 48, width: 64 }, 96)).toEqual({ height: 96, width: 128 })
  })
})
