import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '../../base/files/cache-folder.ts'
import { openInput } from '../../video/open-input.ts'
import { writeVideo } from '../../video/writer.ts'
import { movingScene } from './moving-scene.ts'
import { repeatVideo } from './repeat-video.ts'

const WIDTH = 1280
const HEIGHT = 720
const FPS = 25
/** Frames that are encoded: 30 s. */
const ENCODED = 30 * FPS
/** How often they follow each other: 10 minutes. */
const TIMES = 20

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
    await writeVideo(
      part,
      { ...options, codec: 'h264' },
      movingScene({ width: WIDTH, height: HEIGHT, frames: ENCODED }),
    )
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
