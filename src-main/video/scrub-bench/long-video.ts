import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Rng } from '#shared/random/rng.ts'
import { cacheFolder } from '../../cache-folder.ts'
import { openInput } from '../open-input.ts'
import { writeVideo } from '../writer.ts'
import { repeatVideo } from './repeat-video.ts'

const WIDTH = 1280
const HEIGHT = 720
const FPS = 25
/** Frames that are encoded: 30 s. */
const ENCODED = 30 * FPS
/** How often they follow each other: 10 minutes. */
const TIMES = 20
/** Pixels of a side of the texture. */
const TEXTURE = 2048

/**
 * A video of 10 minutes, 1280x720, H.264 with B-frames, and a keyframe at every so many frames. Made
 * when it is first asked for, in the cache folder; returns its path.
 */
export async function longVideo(keyframeInterval: number): Promise<string> {
  const folder = join(cacheFolder(), 'bench')
  const path = join(folder, `scrub-${keyframeInterval}.mp4`)
  if (existsSync(path)) return path
  await mkdir(folder, { recursive: true })
  const part = join(folder, `.scrub-${keyframeInterval}.${process.pid}.mp4`)
  try {
    const options = { width: WIDTH, height: HEIGHT, fps: FPS, keyframeInterval }
    await writeVideo(part, { ...options, codec: 'h264' }, movingScene())
    await repeatVideo(part, path, { times: TIMES, frameDuration: frameDuration(part) })
  } finally {
    await rm(part, { force: true })
  }
  return path
}

function frameDuration(path: string): bigint {
  const input = openInput(path)
  const { num, den } = input.stream.timeBase
  input.close()
  return BigInt(Math.round(den / num / FPS))
}

/** A textured ground that pans, and a textured square that crosses it. RGB u8 [H, W, 3]. */
function* movingScene(): Generator<Uint8Array> {
  const texture = noise()
  const row = WIDTH * 3
  for (let t = 0; t < ENCODED; t++) {
    const pixels = new Uint8Array(HEIGHT * row) // [H, W, 3]
    const pan = Math.round(300 + 280 * Math.sin(t / 40))
    const [left, top] = [100 + t, Math.round(200 + 100 * Math.cos(t / 25))]
    for (let y = 0; y < HEIGHT; y++) {
      copyRow(pixels, y * row, texture, y, pan, WIDTH)
      if (y < top || y >= top + 240) continue
      copyRow(pixels, y * row + left * 3, texture, 1000 + y - top, 1200, 320)
    }
    yield pixels
  }
}

function copyRow(
  to: Uint8Array,
  at: number,
  texture: Uint8Array,
  y: number,
  x: number,
  width: number,
): void {
  const from = (y * TEXTURE + x) * 3
  to.set(texture.subarray(from, from + width * 3), at)
}

/** Spots of colour of several sizes. RGB u8 [TEXTURE, TEXTURE, 3]. */
function noise(): Uint8Array {
  const rng = new Rng(1)
  const spots = Array.from({ length: 256 * 256 * 3 }, () => rng.uniform())
  const pixels = new Uint8Array(TEXTURE * TEXTURE * 3)
  for (let y = 0; y < TEXTURE; y++) {
    for (let x = 0; x < TEXTURE; x++) {
      for (let c = 0; c < 3; c++) {
        const spot = (scale: number) =>
          spots[((((y >> scale) & 255) << 8) | ((x >> scale) & 255)) * 3 + c]!
        pixels[(y * TEXTURE + x) * 3 + c] = 40 + 110 * spot(6) + 60 * spot(4) + 30 * spot(2)
      }
    }
  }
  return pixels
}
