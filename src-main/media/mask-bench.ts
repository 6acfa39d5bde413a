import { cpus } from 'node:os'
import type { Clip } from '#shared/fame/clip.ts'
import { createMasker } from '#shared/fame/masker.ts'
import { Rng } from '#shared/random/rng.ts'

export interface MaskBenchRow {
  frames: number
  /** Height and width in pixels. */
  size: number
  /** Clips timed. */
  clips: number
  /** Median time of one clip. */
  millisecondsPerClip: number
  clipsPerSecond: number
}

export interface MaskBench {
  variant: 'fame'
  cpu: string
  node: string
  rows: MaskBenchRow[]
}

const SHAPES = [
  { frames: 8, size: 48, clips: 200 },
  { frames: 16, size: 112, clips: 60 },
  { frames: 16, size: 224, clips: 15 },
]
const BETA = 0.5

/**
 * Times FAME's mask on one thread, as a loader thread computes it: float clips, one masker for all.
 * Takes about two seconds.
 */
export function benchMask(): MaskBench {
  return {
    variant: 'fame',
    cpu: cpus()[0]?.model ?? 'unknown',
    node: process.versions.node,
    rows: SHAPES.map(({ frames, size, clips }) => benchShape(frames, size, clips)),
  }
}

function benchShape(frames: number, size: number, clips: number): MaskBenchRow {
  const masker = createMasker(size, size)
  const clip = movingDisc(frames, size)
  const times = Array.from({ length: clips + 5 }, () => {
    const started = performance.now()
    masker.compute(clip, { beta: BETA, variant: 'fame' })
    return performance.now() - started
  })
  // The first calls are still being compiled.
  const sorted = times.slice(5).sort((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)]
  return { frames, size, clips, millisecondsPerClip: median, clipsPerSecond: 1000 / median }
}

/** A coloured disc that crosses a noisy background. */
function movingDisc(frames: number, size: number): Clip {
  const rng = new Rng(1)
  const background = Float32Array.from({ length: size * size * 3 }, () => rng.uniform(0.3, 0.5))
  const data = new Float32Array(frames * background.length)
  for (let t = 0; t < frames; t++) {
    data.set(background, t * background.length)
    const centre = (size * (t + 1)) / (frames + 1)
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        if (Math.hypot(x - centre, y - size / 2) > size / 6) continue
        data.set([0.9, 0.2, 0.1], t * background.length + (y * size + x) * 3)
      }
    }
  }
  return { data, frames, height: size, width: size }
}
