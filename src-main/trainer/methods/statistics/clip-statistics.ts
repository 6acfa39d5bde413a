import type { InputScaling } from '#shared/encoders/scaling.ts'
import { unpacked } from '#shared/flow/bytes.ts'
import type { Views } from '../learner.ts'
import { appearanceStatistics } from './appearance.ts'
import { motionStatistics, type FlowMaps } from './motion.ts'
import type { Partition } from './partitions.ts'

/** How the clips of a batch lie in memory. */
export interface ClipLayout {
  frames: number
  size: number
  /** How colours, and the bytes of flow, were scaled for the encoder. */
  scaling: InputScaling
}

/**
 * The 13 statistics of appearance of each clip of a batch.
 * @param views clips as the encoder takes them
 */
export function appearanceOf(
  [clips]: Views,
  layout: ClipLayout,
  partitions: readonly Partition[],
): number[][] {
  const { frames } = layout
  return eachClip(clips, layout).map((clip) => {
    const data = new Uint8Array(clip.length)
    for (let i = 0; i < clip.length; i++) data[i] = byteOf(clip[i], i % 3, layout)
    return appearanceStatistics({ data, frames }, partitions)
  })
}

/**
 * The 14 statistics of motion of each clip of a batch. The flow of the last frame leads out of the clip
 * and does not count.
 * @param views clips, and their flow as an encoder would take it
 */
export function motionOf(
  [, flows]: Views,
  layout: ClipLayout,
  partitions: readonly Partition[],
): number[][] {
  return eachClip(flows, layout).map((clip) => {
    const [u, v] = [0, 1].map((channel) => mapsOf(clip, channel, layout))
    return motionStatistics(u, v, partitions)
  })
}

function eachClip(view: Float32Array, { frames, size }: ClipLayout): Float32Array[] {
  const length = frames * size * size * 3
  return Array.from({ length: view.length / length }, (_, b) =>
    view.subarray(b * length, (b + 1) * length),
  )
}

/** Whole bytes, as flow is stored: what is at rest has no boundary that rounding has made. */
function mapsOf(clip: Float32Array, channel: number, layout: ClipLayout): FlowMaps {
  const { frames, size } = layout
  const maps = frames - 1
  const data = Float32Array.from({ length: maps * size * size }, (_, i) =>
    unpacked(byteOf(clip[3 * i + channel], channel, layout)),
  )
  return { data, maps, size }
}

function byteOf(value: number, channel: number, { scaling }: ClipLayout): number {
  const colour = value * scaling.deviation[channel] + scaling.mean[channel]
  return Math.round(255 * Math.min(1, Math.max(0, colour)))
}
