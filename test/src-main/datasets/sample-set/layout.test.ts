import { describe, expect, it } from 'vitest'
import { listFiles, planSampleSet } from '#main/datasets/sample-set/layout.ts'
import { motions, sampleClasses } from '#main/datasets/sample-set/motions.ts'
import { renderScene } from '#main/datasets/sample-set/render.ts'
import { poseAt, sampleGeometry } from '#main/datasets/sample-set/scene.ts'

const videos = planSampleSet(1)
const ofSplit = (split: 'train' | 'test') => videos.filter((video) => video.split === split)
const familyOf = (name: string): number => sampleClasses.indexOf(name)

describe('the plan of the sample set', () => {
  it('has 24 training and 12 test videos a class under names like UCF101s', () => {
    for (const name of sampleClasses) {
      expect(ofSplit('train').filter((v) => v.className === name)).toHaveLength(24)
      expect(ofSplit('test').filter((v) => v.className === name)).toHaveLength(12)
    }
    expect(new Set(videos.map((video) => video.name)).size).toBe(288)
    for (const { name, className } of videos) {
      expect(name).toMatch(new RegExp(`^${className}/v_${className}_g\\d\\d_c\\d\\d\\.avi$`))
    }
  })

  it('lets the background tell the class in training 9 times in 10, in the test never', () => {
    const agrees = (v: (typeof videos)[number]) =>
      v.scene.background.family === familyOf(v.className)
    const share = ofSplit('train').filter(agrees).length / 192
    expect(share).toBeGreaterThan(0.88)
    expect(share).toBeLessThan(0.94)
    // Independence: over the whole split every class meets every family about equally often.
    for (const name of sampleClasses) {
      const counts = new Array<number>(8).fill(0)
      for (const v of ofSplit('test')) if (v.className === name) counts[v.scene.background.family]++
      expect(Math.max(...counts)).toBeLessThanOrEqual(2)
      expect(Math.min(...counts)).toBeGreaterThanOrEqual(1)
    }
    const overall = new Array<number>(8).fill(0)
    for (const v of ofSplit('test')) overall[v.scene.background.family]++
    expect(new Set(overall)).toEqual(new Set([12]))
  })

  it('gives no class a look of its own', () => {
    const hues = (name: string) =>
      new Set(
        ofSplit('train')
          .filter((v) => v.className === name)
          .map((v) => Math.round(v.scene.object.hue * 3)),
      )
    for (const name of sampleClasses) expect(hues(name)).toEqual(new Set([0, 1, 2]))
  })

  it('is the same for the same seed and another for another', () => {
    expect(planSampleSet(1)).toEqual(videos)
    expect(planSampleSet(2)).not.toEqual(videos)
  })

  it('lists each video once, training videos with the number of their class', () => {
    const lists = listFiles(videos)
    expect(lists['classInd.txt'].split('\n').slice(0, 2)).toEqual(['1 Bounce', '2 Circle'])
    const train = lists['trainlist01.txt'].trimEnd().split('\n')
    const test = lists['testlist01.txt'].trimEnd().split('\n')
    expect(train).toHaveLength(192)
    expect(test).toHaveLength(96)
    expect(train[0]).toBe('Bounce/v_Bounce_g04_c01.avi 1')
    expect(test[0]).toBe('Bounce/v_Bounce_g01_c01.avi')
  })
})

describe('the motions', () => {
  it('keep every object inside the frame', () => {
    for (const { scene, name } of videos) {
      for (let t = 0; t < sampleGeometry.frames; t++) {
        const { x, y, scale } = poseAt(scene, t)
        const reach = scene.object.radius * scale * 0.8
        expect(x - reach, name).toBeGreaterThanOrEqual(0)
        expect(x + reach, name).toBeLessThanOrEqual(sampleGeometry.width)
        expect(y - reach, name).toBeGreaterThanOrEqual(0)
        expect(y + reach, name).toBeLessThanOrEqual(sampleGeometry.height)
      }
    }
  })

  it('are not mirror images of each other, at any phase and either direction', () => {
    const path = (name: string, sign: number, phase: number, mirror: boolean): number[] =>
      Array.from({ length: 24 }, (_, i) => {
        const { dx, dy, angle, scale } = motions[name](phase + (i / 24) * 2 * Math.PI, sign)
        return mirror ? [-dx, dy, -angle, scale] : [dx, dy, angle, scale]
      }).flat()
    const distance = (a: number[], b: number[]): number =>
      Math.max(...a.map((value, i) => Math.abs(value - b[i])))
    const phases = Array.from({ length: 48 }, (_, i) => (i / 48) * 2 * Math.PI)
    for (const a of sampleClasses) {
      for (const b of sampleClasses.filter((other) => other !== a)) {
        const mirrored = path(a, 1, 0, true)
        for (const phase of phases) {
          expect(distance(mirrored, path(b, 1, phase, false)), `${a} ${b}`).toBeGreaterThan(0.2)
          expect(distance(mirrored, path(b, -1, phase, false)), `${a} ${b}`).toBeGreaterThan(0.2)
        }
      }
    }
  })
})

describe('a rendered video', () => {
  const { scene } = videos[0]

  it('has 64 frames and the same bytes each time', () => {
    const first = [...renderScene(scene)].map(() => 0)
    expect(first).toHaveLength(64)
    const render = () => Array.from(renderScene(scene), ({ rgb }) => rgb.slice())[5]
    expect(render()).toEqual(render())
  })

  it('changes from frame to frame only where the object is or was, but for faint noise', () => {
    const frames = Array.from(renderScene(scene), ({ rgb, mask }) => ({
      rgb: rgb.slice(),
      mask: mask.slice(),
    }))
    const [a, b] = [frames[10], frames[14]]
    let moved = 0
    a.mask.forEach((own, pixel) => {
      const change = Math.max(
        ...[0, 1, 2].map((c) => Math.abs(a.rgb[3 * pixel + c] - b.rgb[3 * pixel + c])),
      )
      if (own || b.mask[pixel]) moved += Number(change > 20)
      else if (!nearObject(a.mask, b.mask, pixel)) expect(change).toBeLessThanOrEqual(8)
    })
    expect(moved).toBeGreaterThan(50)
  })
})

/** The edge is blended over a pixel on either side of the mask. */
function nearObject(a: Uint8Array, b: Uint8Array, pixel: number): boolean {
  const { width } = sampleGeometry
  const around = [-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1]
  return around.some((offset) => a[pixel + offset] || b[pixel + offset])
}

describe('the hard sample set', () => {
  const hard = planSampleSet(1, 'hard')

  it('has the plain scenes, and a camera and a texture for each', () => {
    const plain = hard.map(({ scene: { hard: more, ...scene }, ...video }) => {
      expect(more).toBeDefined()
      return { ...video, scene }
    })
    expect(plain).toEqual(videos)
  })

  it('moves the ground, leaves the true object where it is, and paints it as the ground', () => {
    const at = hard.findIndex(({ className }) => className === 'Spin')
    const masks = [videos, hard].map(({ [at]: { scene } }) => {
      const frames: Uint8Array[] = []
      for (const { mask } of renderScene(scene)) frames.push(mask.slice())
      return Buffer.concat(frames)
    })
    expect(masks[0].equals(masks[1])).toBe(true)
    const frames: Uint8Array[] = []
    for (const { rgb } of renderScene(hard[at].scene)) frames.push(rgb.slice())
    const { width } = sampleGeometry
    // A corner of the ground that no object reaches.
    const corner = (rgb: Uint8Array) =>
      [4, 5, 6].flatMap((x) => [...rgb.subarray(3 * (4 * width + x), 3 * (4 * width + x) + 3)])
    const change = (a: Uint8Array, b: Uint8Array) =>
      Math.max(...corner(a).map((value, i) => Math.abs(value - corner(b)[i])))
    expect(change(frames[0], frames[20])).toBeGreaterThan(15)
    // No pixel of the object is more saturated than the ground may be.
    const saturation = Math.max(
      ...Array.from({ length: frames[0].length / 3 }, (_, i) => {
        const [r, g, b] = frames[0].subarray(3 * i)
        return Math.max(r, g, b) - Math.min(r, g, b)
      }),
    )
    expect(saturation).toBeLessThan(60)
  })
})
