import { encoders } from '#shared/encoders/index.ts'
import { spreadOf } from '#shared/metrics/spread.ts'
import type { ActivationArtefact } from '#shared/tasks/activation/artefact.ts'
import type { EvaluationContext } from '../../evaluation/context.ts'
import { toBytes, writeStrip } from '../../evaluation/pictures.ts'
import { pathIn } from '../../evaluation/true-masks.ts'
import type { MaskedClip } from '../../loader/explain/masked-clips.ts'
import { normaliseColours } from '../../loader/transforms/colour.ts'
import { activationMap, enlargeMap, insideForeground, type FeatureMap } from './activation-map.ts'

export type Row = ActivationArtefact['videos'][number]
type Pictures = NonNullable<Row['pictures']>
type Found = Pick<ActivationArtefact, 'mapShape' | 'inside' | 'area' | 'videos'>

/** The activation maps of one network, video by video. */
export class StreamMaps {
  readonly rows: Row[] = []
  private readonly context: EvaluationContext
  private shape: FeatureMap['shape'] = [0, 0, 0, 0]

  /** @param context of the stream */
  constructor(context: EvaluationContext) {
    this.context = context
  }

  get modality(): 'rgb' | 'flow' {
    return this.context.job.config.modality
  }

  /**
   * @param place of the video in the list
   * @param pictures whether to keep pictures; or the pictures that another stream has drawn of the same
   * clip, in which only the heat is drawn anew
   */
  async add(place: number, clip: MaskedClip, pictures: boolean | Pictures): Promise<Row> {
    const { job, videos } = this.context
    const video = videos.test[place]
    const map = this.mapOf(this.modality === 'flow' ? clip.flow! : clip.data)
    const row: Row = {
      videoId: video.id ?? 0,
      path: pathIn(job.test, video),
      label: video.label,
      mask: clip.source,
      ...insideForeground(map, clip.mask),
      ...(pictures !== false && { pictures: await this.draw(place, clip, map, pictures) }),
    }
    this.rows.push(row)
    return row
  }

  found(): Found {
    const { rows, shape } = this
    const inside = spreadOf(rows.map((row) => row.inside))
    const area = spreadOf(rows.map((row) => row.area))
    return {
      mapShape: [shape[0], shape[1], shape[2]],
      inside: { mean: inside?.mean ?? 0, deviation: inside?.deviation ?? 0 },
      area: { mean: area?.mean ?? 0 },
      videos: rows,
    }
  }

  /**
   * The activation map of a clip at its size, from 0 at the least value to 1, [T, S, S].
   * @param data [T, S, S, 3], [0, 1]
   */
  private mapOf(data: Float32Array): Float32Array {
    const { frames, size, model } = this.context.job.config
    const { scaling, map: grid } = encoders[model]
    const scaled = data.slice()
    normaliseColours({ data: scaled, frames, height: size, width: size }, scaling)
    const clips = { data: scaled, shape: [1, frames, size, size, 3] } as const
    const { data: features, shape } = this.context.encoder.forwardMap(clips)
    const [, T, H, W, C] = shape
    this.shape = [T, H, W, C]
    const map = activationMap({ data: features, shape: this.shape })
    if (!map.every(Number.isFinite)) {
      throw new Error(
        "The encoder's features are not finite numbers: its run has diverged. " +
          'Train again with a lower learning rate.',
      )
    }
    const from = { frames: T, height: H, width: W }
    const to = { frames, height: size, width: size }
    return stretched(enlargeMap(map, { from, to, grid }))
  }

  private async draw(
    place: number,
    { data, mask }: MaskedClip,
    map: Float32Array,
    drawn: true | Pictures,
  ): Promise<Pictures> {
    const { outputs, config } = this.context.job
    const { frames, size } = config
    const write = (name: string, bytes: Uint8Array, channels: 1 | 3): Promise<string> =>
      writeStrip(outputs, `${name}-${place}`, {
        data: bytes,
        frames,
        height: size,
        width: size,
        channels,
      })
    if (drawn !== true)
      return { ...drawn, heat: await write(`heat-${this.modality}`, toBytes(map), 1) }
    const masks = new Uint8Array(map.length).map((_, i) => 255 * mask[i % mask.length])
    return {
      frames,
      size,
      clip: await write('clip', toBytes(data), 3),
      heat: await write('heat', toBytes(map), 1),
      mask: await write('mask', masks, 1),
    }
  }
}

/** From 0 at the least value to 1 at the largest. */
function stretched(map: Float32Array): Float32Array {
  const [low, high] = map.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Infinity, -Infinity],
  )
  return map.map((value) => (value - low) / (high - low || 1))
}
