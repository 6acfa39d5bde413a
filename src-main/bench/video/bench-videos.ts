import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '../../base/files/cache-folder.ts'
import { movingScene } from './moving-scene.ts'
import { writeVideo } from '../../video/writer.ts'

/**
 * Generated videos to time: like those of UCF101 (320x240, MPEG-4 in AVI, 200 frames, a keyframe at
 * every 12th), and 720p (H.264 with B-frames in MP4, 250 frames, one group of pictures).
 */
export const BENCH_SETS = {
  '320x240': { width: 320, height: 240, frames: 200, codec: 'mpeg4', every: 12, ending: 'avi' },
  '1280x720': { width: 1280, height: 720, frames: 250, codec: 'h264', every: 250, ending: 'mp4' },
} as const
export type BenchSet = keyof typeof BENCH_SETS

/** Videos of a set; at most as many as there are scenes. */
const VIDEOS = 4

/** Paths of a set's videos in the cache folder; they are made when they are first asked for. */
export async function benchVideos(set: BenchSet): Promise<string[]> {
  const { width, height, frames, codec, every: keyframeInterval, ending } = BENCH_SETS[set]
  const folder = join(cacheFolder(), 'bench', set)
  await mkdir(folder, { recursive: true })
  const paths = Array.from({ length: VIDEOS }, (_, number) => join(folder, `${number}.${ending}`))
  for (const [number, path] of paths.entries()) {
    if (existsSync(path)) continue
    const options = { width, height, fps: 25, codec, keyframeInterval }
    await writeVideo(path, options, movingScene({ width, height, frames, number }))
  }
  return paths
}
