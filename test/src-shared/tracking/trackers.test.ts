import { describe, expect, it } from 'vitest'
import { Rng } from '#shared/random/rng.ts'
import { regionSimilarity } from '#shared/tracking/region-similarity.ts'
import { trackers } from '#shared/tracking/trackers/index.ts'
import { TRACKERS } from '#shared/tracking/trackers/names.ts'
import type { Sequence } from '#shared/tracking/trackers/tracker.ts'

const [frames, height, width] = [12, 96, 128]

/** Noise of blotches that are a few pixels wide, 0 to 80. */
function smoothNoise(rng: Rng): Uint8Array {
  const white = Float32Array.from({ length: height * width }, () => rng.uniform())
  return Uint8Array.from(white, (_, i) => {
    let sum = 0
    for (let dy = -2; dy <= 2; dy++) {
      for (let dx = -2; dx <= 2; dx++) {
        sum += white[(i + dy * width + dx + white.length) % white.length]
      }
    }
    return Math.max(0, Math.min(80, (sum / 25 - 0.5) * 400 + 40))
  })
}

/** A textured red disc and a textured blue square, which move over a textured grey ground. */
function scene(): { sequence: Sequence; truth: Uint8Array[] } {
  const texture = smoothNoise(new Rng(3))
  const data = new Uint8Array(frames * height * width * 3)
  const truth = Array.from({ length: frames }, (_, t) => {
    return Uint8Array.from({ length: height * width }, (_, i) => {
      const [y, x] = [Math.floor(i / width), i % width]
      const inDisc = (y - 30) ** 2 + (x - 28 - 2 * t) ** 2 <= 256
      const inSquare = Math.abs(y - 72) <= 12 && Math.abs(x - 96 + 2 * t) <= 12
      const label = inDisc ? 1 : inSquare ? 2 : 0
      const shift = label === 1 ? 2 * t : label === 2 ? -2 * t : 0
      const grain = texture[y * width + ((x - shift + width) % width)]
      const base = label === 1 ? [170, 30, 30] : label === 2 ? [0, 20, 150] : [90, 90, 90]
      base.forEach((value, c) => (data[(t * height * width + i) * 3 + c] = value + grain))
      return label
    })
  })
  return { sequence: { frames, height, width, data, first: truth[0], labels: 3 }, truth }
}

const meanJ = (found: readonly Uint8Array[], truth: readonly Uint8Array[], of: number[]) => {
  const only = (labels: Uint8Array) => labels.map((label) => Number(of.includes(label)))
  const values = found.map((labels, i) => regionSimilarity(only(truth[i + 1]), only(labels)))
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

describe('trackers', () => {
  const { sequence, truth } = scene()
  const tracks = Object.fromEntries(TRACKERS.map((name) => [name, [...trackers[name](sequence)]]))

  it.each(TRACKERS)('%s: gives labels of every frame but the first, the same each time', (name) => {
    const found = tracks[name]
    expect(found).toHaveLength(frames - 1)
    const again = [...trackers[name](sequence)]
    for (const [i, labels] of found.entries()) {
      expect(labels).toHaveLength(height * width)
      expect(Buffer.compare(labels, again[i])).toBe(0)
    }
  })

  it('copies the first frame', () => {
    for (const labels of tracks.copy) expect(Buffer.compare(labels, sequence.first)).toBe(0)
  })

  it.each([
    ['flow', 0.6],
    ['colour', 0.85],
  ] as const)('%s: follows both objects, unlike a copy', (name, least) => {
    for (const object of [1, 2]) {
      expect(meanJ(tracks[name], truth, [object])).toBeGreaterThan(least)
      expect(meanJ(tracks.copy, truth, [object])).toBeLessThan(0.45)
    }
  })

  it.each(['fame', 'seed'] as const)('%s: finds what moves without a first frame', (name) => {
    const everywhere = truth.slice(1).map((labels) => new Uint8Array(labels.length).fill(1))
    const found = meanJ(tracks[name], truth, [1, 2])
    const blind = meanJ(
      everywhere,
      truth.map((labels) => labels.map((label) => Number(label > 0))),
      [1],
    )
    expect(found).toBeGreaterThan(2 * blind)
  })

  it('motion: finds the two objects themselves, frame by frame', () => {
    const joined = truth.map((labels) => labels.map((label) => Number(label > 0)))
    expect(meanJ(tracks.motion, joined, [1])).toBeGreaterThan(0.8)
  })

  it('leaves out an object that the first frame does not show', () => {
    const first = sequence.first.map((label) => (label === 2 ? 0 : label))
    const found = [...trackers.colour({ ...sequence, first })]
    expect(found.every((labels) => !labels.includes(2))).toBe(true)
  })
})
