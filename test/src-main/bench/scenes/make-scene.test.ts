import { describe, expect, it } from 'vitest'
import { unionOf } from '#main/bench/masks/labelled-clip.ts'
import { halves, sceneKinds } from '#main/bench/scenes/kinds.ts'
import { makeScene } from '#main/bench/scenes/make-scene.ts'

const PIXELS = 112 * 112

function areaOf(mask: Uint8Array): number {
  return mask.reduce((sum, value) => sum + value, 0) / PIXELS
}

describe('a generated scene', () => {
  it('is the same for the same seed, and another for another', async () => {
    const [first, again, other] = await Promise.all(
      [1, 1, 2].map((seed) => makeScene('photo', seed)),
    )
    expect(again.clip.data).toEqual(first.clip.data)
    expect(again.truth).toEqual(first.truth)
    expect(other.truth).not.toEqual(first.truth)
  })

  it('has a true mask for each frame, as large as its object', async () => {
    const { clip, truth } = await makeScene('still', 3)
    expect(clip).toMatchObject({ frames: 16, height: 112, width: 112 })
    for (let t = 0; t < 16; t++) {
      const area = areaOf(truth.subarray(t * PIXELS, (t + 1) * PIXELS))
      expect(Math.abs(Math.sqrt(area * PIXELS) - 30)).toBeLessThan(0.6)
    }
  })

  it('shows a background at rest behind the object, up to the noise', async () => {
    const { clip, truth } = await makeScene('still', 3)
    const differences = Array.from({ length: PIXELS }, (_, i) =>
      truth[i] || truth[i + PIXELS] ? 0 : Math.abs(clip.data[3 * (i + PIXELS)] - clip.data[3 * i]),
    )
    // A few pixels at the object's border are mixed with it.
    expect(differences.filter((value) => value > 6).length).toBeLessThan(150)
    expect(differences.filter((value) => value > 0).length).toBeGreaterThan(5000)
  })

  it('has a thing that leaves and no thing where nothing moves', async () => {
    const { truth } = await makeScene('enters-leaves', 1)
    expect(areaOf(truth.subarray(0, PIXELS))).toBeLessThan(0.03)
    expect(areaOf(truth.subarray(7 * PIXELS, 8 * PIXELS))).toBeGreaterThan(0.03)
    const empty = await makeScene('nothing-pan', 1)
    expect(areaOf(unionOf(empty))).toBe(0)
  })

  it('is refused for a kind that does not exist', async () => {
    await expect(makeScene('nowhere', 1)).rejects.toThrow('no kind of scene named nowhere')
  })
})

describe('the halves of the kinds', () => {
  it('are those that the documentation names', () => {
    expect(halves.size).toBe(sceneKinds.length)
    const held = sceneKinds.filter(({ name }) => halves.get(name) === 'held-out')
    expect(held.map(({ name }) => name).join(', ')).toBe(
      'shake, two-pan, large-pan, tiny, plain-pan, plain-dark, flicker, exposure, tree, ' +
        'compressed, articulated, stops, enters-leaves, rotation, photo, photo-pan, ' +
        'nothing-noisy, nothing-pan, nothing-flicker, turns',
    )
  })
})
