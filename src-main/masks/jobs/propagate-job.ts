import { upsampleSoft } from '#shared/masks/geometry.ts'
import { shrinkByArea } from '#shared/flow/resize.ts'
import type { CarriedMask } from '#shared/contract/propagation.ts'
import { hardMask } from '#shared/masks/hard-mask.ts'
import { packRuns, unpackRuns } from '#shared/masks/packed-runs.ts'
import { carrierSize, FlowCarrier } from '#shared/masks/propagation/flow-carrier.ts'
import { decodeRuns, encodeRuns } from '#shared/masks/runs.ts'
import { regionSimilarity } from '#shared/tracking/region-similarity.ts'
import type { RgbFrames, VideoReader } from '../../video/reader.ts'
import type { CarryRequest } from './mask-protocol.ts'

/** What a carrier of masks needs to know of the sizes. */
interface Sizes {
  /** Of the video and of the frames that masks are carried on. */
  video: { width: number; height: number }
  small: { width: number; height: number }
}

/**
 * Carries a mask along some frames, one a step, so that a process can attend to others between.
 * @returns the masks of all frames but the first
 * @throws VideoError as `VideoReader.readFrames`
 */
export function* carryMaskAlong(
  reader: VideoReader,
  { indices, mask, fixed }: CarryRequest,
): Generator<void, CarriedMask[], undefined> {
  const { width, height } = reader.info
  const sizes: Sizes = { video: { width, height }, small: carrierSize(reader.info) }
  // Read as they lie in the file: going back decodes from a keyframe.
  const ascending = [...indices].sort((a, b) => a - b)
  const frames = reader.readFramesScaled(ascending, sizes.small)
  yield
  const pictureOf = (index: number) => frameOf(frames, ascending.indexOf(index))
  const hands = new Map(fixed.map(({ index, mask }) => [index, mask]))
  const carrier = new FlowCarrier(pictureOf(indices[0]), softOf(mask, sizes))
  const carried: CarriedMask[] = []
  for (const index of indices.slice(1)) {
    const { soft, agreement } = carrier.next(pictureOf(index))
    const data = maskOf(soft, sizes)
    const hand = hands.get(index)
    const overlap = hand ? regionSimilarity(data, decodeRuns(unpackRuns(hand), data.length)) : null
    if (hand) carrier.correct(softOf(hand, sizes))
    carried.push({ mask: packRuns(encodeRuns(data)), agreement, overlap })
    yield
  }
  return carried
}

function frameOf({ data, width, height }: RgbFrames, place: number) {
  const length = width * height * 3
  return { width, height, rgb: data.subarray(place * length, (place + 1) * length) }
}

/** A packed mask at the size that masks are carried at. */
function softOf(packed: Uint8Array, { video, small }: Sizes): Float32Array {
  const pixels = video.width * video.height
  const data = decodeRuns(unpackRuns(packed), pixels).map((value) => 255 * value)
  return Float32Array.from(shrinkByArea({ ...video, data }, small).data).map((value) => value / 255)
}

/** A carried mask at the video's size. */
function maskOf(soft: Float32Array, { video, small }: Sizes): Uint8Array {
  const large = upsampleSoft(soft, small.height, small.width, video.height, video.width)
  return hardMask(large)
}
