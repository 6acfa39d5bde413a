import { basename } from 'node:path'
import type { TrainerVideo } from '../process/messages.ts'

/** UCF101's names: `v_Basketball_g03_c02` is the second clip of the third recording of its class. */
const OF_RECORDING = /^(v_.+_g\d+)_c\d+$/

/**
 * A number for the recording that each video was cut from: videos of UCF101 share one where their
 * names say so, and every other video has its own.
 * @returns [videos], each below their number
 */
export function sourcesOf(videos: readonly Pick<TrainerVideo, 'path'>[]): Uint32Array {
  const known = new Map<string, number>()
  return Uint32Array.from(videos, ({ path }, i) => {
    const name = basename(path).replace(/\.[^.]*$/, '')
    const recording = OF_RECORDING.exec(name)?.[1]
    if (recording === undefined) return i
    const first = known.get(recording) ?? i
    known.set(recording, first)
    return first
  })
}
