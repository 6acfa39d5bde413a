import { cpus } from 'node:os'
import type { Clip } from '#shared/fame/clip.ts'
import { gaussianKernel, PlaneBlur } from '#shared/fame/gaussian-blur.ts'
import { createMasker, type MaskOptions } from '#shared/fame/masker.ts'
import { Rng } from '#shared/random/rng.ts'

export interface MaskBenchRow {
  frames: number
  /** Height and width in pixels. */
  size: number
  /** Clips timed. */
  clips: number
  /** Median time of one clip. */
  millisecondsPerClip: number
  /** The same with a panning camera, whose motion is taken out. */
  millisecondsCompensated: number
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
const DISC = [0.9, 0.2, 0.1]

/**
 * Times FAME's mask on one thread, as a loader thread computes it: float clips, one masker for all.
 * Takes about three seconds.
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
  const [fixed, panned] = [movingDisc(frames, size, 0), movingDisc(frames, size, 1)]
  const options: MaskOptions = { beta: BETA, variant: 'fame' }
  const median = medianTime(clips, () => masker.compute(fixed, options))
  const compensated = medianTime(clips, () => {
    masker.compute(panned, { ...options, compensate: true })
  })
  return {
    frames,
    size,
    clips,
    millisecondsPerClip: median,
    millisecondsCompensated: compensated,
    clipsPerSecond: 1000 / median,
  }
}

function medianTime(times: number, run: () => void): number {
  const taken = Array.from({ length: times + 5 }, () => {
    const started = performance.now()
    run()
    return performance.now() - started
  })
  // The first calls are still being compiled.
  const sorted = taken.slice(5).sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

/**
 * A coloured disc that crosses a cloudy background.
 * @param pan pixels by which the camera moves from frame to frame
 */
function movingDisc(frames: number, size: number, pan: number): Clip {
  const width = size + pan * (frames - 1)
  const background = clouds(size, width)
  const data = new Float32Array(frames * size * size * 3)
  for (let t = 0, i = 0; t < frames; t++) {
    const centre = (size * (t + 1)) / (frames + 1)
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++, i += 3) {
        const from = (y * width + x + pan * t) * 3
        const inDisc = Math.hypot(x - centre, y - size / 2) <= size / 6
        data.set(inDisc ? DISC : background.subarray(from, from + 3), i)
      }
    }
  }
  return { data, frames, height: size, width: size }
}

/** [H, W, 3]: noise that is blurred a little. */
function clouds(height: number, width: number): Float32Array {
  const rng = new Rng(1)
  const noise = Float32Array.from({ length: height * width * 3 }, () => rng.uniform(0, 0.8))
  new PlaneBlur(height, width, 3).apply(noise, noise, gaussianKernel(7, 1.5))
  return noise
}
