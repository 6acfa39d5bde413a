import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { listFiles, planSampleSet, sampleFolders } from '#main/datasets/sample-set/layout.ts'
import { renderScene as renderSample } from '#main/datasets/sample-set/render.ts'
import { sampleGeometry } from '#main/datasets/sample-set/scene.ts'
import type { LabelledClip } from '#main/bench/masks/labelled-clip.ts'
import { unionOf } from '#main/bench/masks/labelled-clip.ts'
import { cutWindows, drawPath } from '#main/bench/masks/moving-camera.ts'
import { BETAS, scoreClip } from '#main/bench/masks/score.ts'
import { withStrongBackground } from '#main/bench/masks/texture.ts'
import { writeVideo } from '#main/video/writer.ts'
import { GlobalMotion } from '#shared/fame/camera/global-motion.ts'
import { computeMask } from '#shared/fame/masker.ts'
import { Rng } from '#shared/random/rng.ts'
import { intersectionOverUnion, readGolden } from '../../../fixtures/golden-clip.ts'
import { renderScene, still } from '../../../fixtures/moving-scene.ts'
import { runCli } from '../../hosts/run-cli.ts'

const root = mkdtempSync(join(tmpdir(), 'fame-bench-masks-test-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Noise, with foreground where it is light. */
function noise(frames: number, height: number, width: number): LabelledClip {
  const rng = new Rng(3)
  const data = Uint8Array.from({ length: frames * height * width * 3 }, () => rng.int(256))
  const truth = Uint8Array.from({ length: data.length / 3 }, (_, i) => Number(data[3 * i] > 127))
  return { clip: { data, frames, height, width }, truth }
}

describe('a moving camera', () => {
  const labelled = noise(3, 20, 30)
  const size = { height: 12, width: 16 }

  it('sees the pixels of its window, and their truth', () => {
    const path = [
      { x: 0, y: 0 },
      { x: 5, y: 2 },
      { x: 14, y: 8 },
    ]
    const cut = cutWindows(labelled, path, size)
    for (const [t, x, y] of [
      [0, 3, 4],
      [1, 0, 0],
      [1, 15, 11],
      [2, 15, 11],
    ]) {
      const from = (t * 20 + y + path[t].y) * 30 + x + path[t].x
      const to = (t * 12 + y) * 16 + x
      expect(cut.truth[to]).toBe(labelled.truth[from])
      for (let c = 0; c < 3; c++) {
        expect(cut.clip.data[3 * to + c]).toBe(labelled.clip.data[3 * from + c])
      }
    }
  })

  it('sees the mean of two pixels half-way between them', () => {
    const path = Array.from({ length: 3 }, () => ({ x: 2.5, y: 1 }))
    const { clip } = cutWindows(labelled, path, size)
    const from = (1 + 4) * 30 + 2 + 7
    const mean = (labelled.clip.data[3 * from] + labelled.clip.data[3 * (from + 1)]) / 2
    expect(clip.data[3 * (4 * 16 + 7)]).toBe(Math.round(mean))
  })

  it('follows a seeded path that stays within the picture', () => {
    const room = { x: 32, y: 24 }
    for (let seed = 0; seed < 50; seed++) {
      const path = drawPath(new Rng(seed), 16, room)
      expect(path).toEqual(drawPath(new Rng(seed), 16, room))
      for (const { x, y } of path) {
        expect(Math.min(x, y, room.x - x, room.y - y)).toBeGreaterThanOrEqual(0)
      }
      expect(Math.abs(path[15].x - path[0].x)).toBeGreaterThan(5)
    }
  })
})

it('a moving camera is estimated within a tenth of a pixel over a real street where people walk', () => {
  const { clip } = readGolden('vtest-a')
  const { frames, height, width } = clip
  const truth = new Uint8Array(frames * height * width)
  const size = { height: 80, width: 80 }
  for (let seed = 0; seed < 3; seed++) {
    const path = drawPath(new Rng(seed), frames, { x: width - 80, y: height - 80 })
    const motions = new GlobalMotion(80, 80).estimate(cutWindows({ clip, truth }, path, size).clip)
    expect(motions).toHaveLength(frames - 1)
    motions?.forEach(([u, , , v], t) => {
      const error = Math.hypot(u - (path[t].x - path[t + 1].x), v - (path[t].y - path[t + 1].y))
      expect(error).toBeLessThan(0.1)
    })
  }
})

describe('a strong background', () => {
  it('is the same in all frames, stronger than the object, and leaves the truth', () => {
    const labelled = noise(4, 40, 40)
    const { clip, truth } = withStrongBackground(labelled, new Rng(1))
    expect(truth).toEqual(labelled.truth)
    const frame = 40 * 40
    const background: number[] = []
    for (let i = 0; i < frame; i++) {
      if (truth[i] === 1) {
        const expected = 128 + 0.35 * (labelled.clip.data[3 * i] - 128)
        expect(clip.data[3 * i]).toBe(Math.round(expected))
      } else {
        background.push(clip.data[3 * i])
        if (truth[i + frame] === 0) {
          expect(clip.data[3 * (i + frame)]).toBe(clip.data[3 * i])
        }
      }
    }
    const mean = background.reduce((sum, value) => sum + value, 0) / background.length
    const variance =
      background.reduce((sum, value) => sum + (value - mean) ** 2, 0) / background.length
    expect(Math.sqrt(variance)).toBeGreaterThan(20)
    expect(Math.sqrt(variance)).toBeLessThan(40)
  })
})

describe('the score of a clip', () => {
  const camera = [0, 2, 4, 6].map((x) => ({ ...still, x }))
  const disc = { radius: 12, contrast: 0.9, at: (t: number): [number, number] => [20 + 5 * t, 30] }
  const { clip } = renderScene({ height: 64, width: 64, camera, contrast: 0.4, disc })
  const truth = Uint8Array.from({ length: 4 * 64 * 64 }, (_, i) => {
    const [x, y] = disc.at(Math.floor(i / 4096))
    return Number(Math.hypot((i % 64) - x, (Math.floor(i / 64) % 64) - y) < 12)
  })
  const score = scoreClip({ clip, truth })
  const union = unionOf({ clip, truth })

  it('has every kind of mask once, with its fit', () => {
    const kinds = score.masks.map((mask) =>
      [mask.variant, mask.beta, mask.compensated].map(String).join(),
    )
    expect(new Set(kinds).size).toBe(kinds.length)
    expect(kinds).toHaveLength(2 * (2 * (BETAS.length + 1) + 1) + BETAS.length + 1)
    for (const { variant, beta, compensated, ...fit } of score.masks) {
      const options = { variant, compensate: compensated, adaptive: beta === 'adaptive' }
      const number = typeof beta === 'number' ? beta : 0.5
      const { mask } = computeMask(clip, { ...options, beta: number })
      const inside = mask.filter((value, i) => value === 1 && union[i] === 1).length
      const kept = mask.filter((value) => value === 1).length
      const foreground = union.filter((value) => value === 1).length
      expect(fit.iou).toBeCloseTo(intersectionOverUnion(mask, union), 10)
      expect(fit.precision).toBeCloseTo(inside / kept, 10)
      expect(fit.recall).toBeCloseTo(inside / foreground, 10)
      expect(fit.area).toBeCloseTo(kept / 4096, 10)
    }
  })

  it('tells whether the camera was seen to move', () => {
    expect(score.cameraFound).toBe(true)
    const fixed = renderScene({
      height: 64,
      width: 64,
      contrast: 0.4,
      disc,
      camera: camera.map(() => still),
    })
    expect(scoreClip({ clip: fixed.clip, truth }).cameraFound).toBe(false)
  })
})

describe('fame bench masks', () => {
  const folder = join(root, 'set')
  const videos = planSampleSet(1).filter((_, i) => i % 100 === 0)

  beforeAll(async () => {
    for (const { name, scene } of videos) {
      const file = join(sampleFolders.videos(folder), name)
      const maskFile = join(sampleFolders.masks(folder), name.replace(/\.avi$/, '.mkv'))
      const frames: Uint8Array[] = []
      const masks: Uint8Array[] = []
      for (const { rgb, mask } of renderSample(scene)) {
        frames.push(rgb.slice())
        masks.push(mask.slice())
      }
      for (const path of [file, maskFile]) mkdirSync(dirname(path), { recursive: true })
      await writeVideo(file, { ...sampleGeometry, codec: 'mpeg4' }, frames)
      await writeVideo(maskFile, { ...sampleGeometry, codec: 'ffv1' }, masks)
    }
    mkdirSync(sampleFolders.lists(folder), { recursive: true })
    for (const [name, text] of Object.entries(listFiles(videos))) {
      writeFileSync(join(sampleFolders.lists(folder), name), text)
    }
  })

  it('finds FAME nearer to the truth than a centred disc, and a camera where there is one', async () => {
    const { code, stdout } = await runCli('bench', 'masks', '--dataset', folder, '--json')
    expect(code).toBe(0)
    const row = z.looseObject({ scene: z.string(), variant: z.string(), iou: z.number() })
    const scene = z.looseObject({ scene: z.string(), cameraFound: z.number() })
    const bench = z
      .looseObject({ clips: z.number(), rows: z.array(row), scenes: z.array(scene) })
      .parse(JSON.parse(stdout))
    expect(bench.clips).toBe(videos.length)
    expect(bench.scenes).toMatchObject([
      { scene: 'fixed', cameraFound: 0 },
      { scene: 'moving', cameraFound: 1 },
      { scene: 'textured', cameraFound: 1 },
    ])
    const iou = (kind: object): number => {
      const found = bench.rows.find((one) =>
        Object.entries(kind).every(([key, value]) => one[key as keyof typeof one] === value),
      )
      return found?.iou ?? NaN
    }
    const fixed = { scene: 'fixed', compensated: false }
    const fame = iou({ ...fixed, variant: 'fame', beta: 'adaptive' })
    expect(fame).toBeGreaterThan(0.8)
    for (const beta of BETAS) {
      expect(fame).toBeGreaterThan(iou({ ...fixed, variant: 'fame', beta }))
      expect(fame).toBeGreaterThan(iou({ ...fixed, variant: 'gauss', beta }))
    }
    const strong = { scene: 'textured', variant: 'seed', beta: 'adaptive' }
    expect(iou({ ...strong, compensated: true })).toBeGreaterThan(
      iou({ ...strong, compensated: false }) + 0.2,
    )
  })

  it('prints a table, and takes as many clips as asked for', async () => {
    const { stdout } = await runCli('bench', 'masks', '--dataset', folder, '--clips', 1)
    expect(stdout).toContain('Mean IoU with the true masks: 1 clip of 16 frames at stride 2')
    expect(stdout).toMatch(/^fame +adaptive +0\.\d{3} +0\.\d{3}/m)
  })

  it('refuses a folder without true masks, and says what to name', async () => {
    const { code, stderr } = await runCli('bench', 'masks', '--dataset', root)
    expect(code).toBe(1)
    expect(stderr).toContain("Name a folder that 'fame sample DIR' has written")
  })
})
