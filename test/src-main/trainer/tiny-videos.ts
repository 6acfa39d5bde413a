import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import type { TrainerVideo, VideoList } from '#main/trainer/process/messages.ts'
import { writeVideo } from '#main/video/writer.ts'

export interface TinySet {
  folder: string
  videos: TrainerVideo[]
  remove: () => void
}

/** Real video files, 48x36, 20 frames: a bright square that moves over a tinted gradient. */
export async function writeTinySet(count: number): Promise<TinySet> {
  const folder = mkdtempSync(join(tmpdir(), 'fame-tiny-'))
  const videos: TrainerVideo[] = []
  for (let id = 0; id < count; id++) {
    const path = join(folder, `v_${id}.avi`)
    await writeVideo(path, { width: 48, height: 36, fps: 25 }, tinyFrames(id))
    videos.push({ path, frames: 20, label: id % 2 })
  }
  return { folder, videos, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

function* tinyFrames(id: number): Generator<Uint8Array> {
  for (let t = 0; t < 20; t++) {
    const frame = new Uint8Array(48 * 36 * 3)
    const left = id % 2 === 0 ? 4 + t : 18
    const top = id % 2 === 0 ? 12 : 2 + t
    for (let y = 0; y < 36; y++) {
      for (let x = 0; x < 48; x++) {
        const inside = x >= left && x < left + 12 && y >= top && y < top + 12
        const i = 3 * (48 * y + x)
        frame[i] = inside ? 230 : 40 + 3 * ((id * 5) % 17) + x
        frame[i + 1] = inside ? 200 - 10 * (id % 3) : 90 + y
        frame[i + 2] = inside ? 30 : 60 + 7 * (id % 11)
      }
    }
    yield frame
  }
}

/** A list of some of the set's videos, as the host writes it into the folder of a run. */
export function listVideos(
  set: TinySet,
  name = 'videos',
  videos: TrainerVideo[] = set.videos,
): VideoList {
  const file = join(set.folder, `${name}.jsonl`)
  const lines = videos.map((video) =>
    JSON.stringify({ ...video, path: relative(set.folder, video.path) }),
  )
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''))
  return { file, root: set.folder }
}

/** A configuration that trains in milliseconds. */
export function tinyConfig(values: Record<string, unknown> = {}): PretrainConfig {
  return completeConfig({
    model: 'r2plus1d_narrow',
    projectionSize: 16,
    precision: 'float32',
    frames: 4,
    stride: 2,
    size: 24,
    batch: 4,
    queue: 8,
    epochs: 2,
    lr: 0.05,
    keyMomentum: 0.9,
    beta: 0.3,
    checkpointEvery: 100,
    ...values,
  })
}
