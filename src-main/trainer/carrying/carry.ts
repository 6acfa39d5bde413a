import type { CarriedMask } from '#shared/contract/propagation.ts'
import { FeatureCarrier } from '#shared/masks/propagation/feature-carrier.ts'
import type { CarrierFrame } from '#shared/masks/propagation/flow-carrier.ts'
import { upsampleSoft } from '#shared/masks/geometry.ts'
import { hardMask } from '#shared/masks/hard-mask.ts'
import { packRuns, unpackRuns } from '#shared/masks/packed-runs.ts'
import { decodeRuns, encodeRuns } from '#shared/masks/runs.ts'
import { colourStream } from '#shared/methods/streams.ts'
import { CELL_STRIDE, propagationProtocols } from '#shared/tracking/protocols.ts'
import { regionSimilarity } from '#shared/tracking/region-similarity.ts'
import { frameOf, type Frames } from '#shared/tracking/trackers/tracker.ts'
import { VideoReader } from '../../video/reader.ts'
import type { PictureSize } from '../../video/rgb-converter.ts'
import { createEncoder, type Encoder } from '../encoders/encoder.ts'
import type { Engine } from '../engine/engine.ts'
import { loadEngine } from '../engine/load.ts'
import { cosinesBy, frameFeatures, type FrameFeatures } from '../evaluation/frame-features.ts'
import { newestWeights } from '../evaluation/open-streams.ts'
import { scaledSize } from '../loader/tracking/track-video.ts'
import { unprefixed } from '../methods/learner.ts'
import { announce } from '../process/announce.ts'
import type { HostPort } from '../process/host-port.ts'
import type { CarryJob, FromTrainer } from '../process/messages.ts'

/** Pixels of the short side of the frames that the encoder looks at, whatever the video's size. */
const SIDE = 240

/**
 * Carries a mask forwards and backwards by turns, and sends each frame as soon as it is made.
 * @returns the last message for the host
 * @throws Error where the run has no checkpoint, or its encoder has diverged; VideoError for frames
 *   that cannot be read
 */
export async function carry(job: CarryJob, port: HostPort): Promise<FromTrainer> {
  const engine = await loadEngine(job.config.precision)
  announce(engine, (message) => port.send(message))
  const encoder = openEncoder(job, engine, port)
  try {
    const { frames, video } = readFrames(job)
    const lookAt = (place: number): FrameFeatures =>
      frameFeatures(frames, place, { encoder, clip: 'still', stride: CELL_STRIDE })
    const first = lookAt(job.from)
    const ways = [1, -1].map((step) => new Way(job, step, { first, frames, video, engine }))
    for (let distance = 1; distance < frames.frames; distance++) {
      for (const way of ways) {
        const place = way.placeAt(distance)
        if (place === null) continue
        port.send({ type: 'carried', place, carried: way.next(place, lookAt(place)) })
        await port.breathe()
        if (port.stopRequested) return { type: 'stopped', step: 0 }
      }
    }
    return { type: 'done' }
  } finally {
    encoder.dispose()
  }
}

/** The network that looks at colours, with the weights of the run's newest checkpoint. */
function openEncoder({ config, folder }: CarryJob, engine: Engine, port: HostPort): Encoder {
  const stream = colourStream(config)
  if (!stream) throw new Error('The encoder of this run takes optical flow, not colours.')
  const weights = newestWeights(folder, port)
  const encoder = createEncoder(engine, { model: config.model, seed: null })
  encoder.loadStateDict(unprefixed(stream.prefix, weights))
  return encoder
}

function readFrames({ video: path, indices }: CarryJob): { frames: Frames; video: PictureSize } {
  const reader = VideoReader.open(path)
  try {
    const { height, width } = reader.info
    const size = scaledSize(reader.info, SIDE, CELL_STRIDE)
    const { data } = reader.readFramesScaled(indices, size)
    return { frames: { ...size, frames: indices.length, data }, video: { height, width } }
  } finally {
    reader.close()
  }
}

interface Sight {
  /** Features of the frame that the mask is of. */
  first: FrameFeatures
  frames: Frames
  /** The video's size. */
  video: PictureSize
  engine: Engine
}

/** One direction of time. */
class Way {
  private readonly job: CarryJob
  private readonly step: number
  private readonly sight: Sight
  private readonly carrier: FeatureCarrier

  constructor(job: CarryJob, step: number, sight: Sight) {
    const { first, video, engine } = sight
    const { grid } = first
    this.job = job
    this.step = step
    this.sight = sight
    this.carrier = new FeatureCarrier(first.data, this.unpacked(job.mask), {
      grid,
      video,
      protocol: propagationProtocols[job.protocol],
      similarity: cosinesBy(engine, grid.height * grid.width),
    })
  }

  /** The frame so many frames away; null beyond the end. */
  placeAt(distance: number): number | null {
    const place = this.job.from + this.step * distance
    return place >= 0 && place < this.job.indices.length ? place : null
  }

  next(place: number, { data }: FrameFeatures): CarriedMask {
    const { frames, video } = this.sight
    const { width, height } = frames
    const picture: CarrierFrame = { width, height, rgb: frameOf(frames, place) }
    const { soft, agreement } = this.carrier.next(data, picture)
    const large = upsampleSoft(soft, height, width, video.height, video.width)
    const mask = hardMask(large)
    const fixed = this.job.fixed.find((one) => one.place === place)
    const hand = fixed ? this.unpacked(fixed.mask) : null
    if (hand) this.carrier.correct(hand)
    const overlap = hand ? regionSimilarity(mask, hand) : null
    return { mask: packRuns(encodeRuns(mask)), agreement, overlap }
  }

  private unpacked(mask: Uint8Array): Uint8Array {
    const { height, width } = this.sight.video
    return decodeRuns(unpackRuns(mask), width * height)
  }
}
