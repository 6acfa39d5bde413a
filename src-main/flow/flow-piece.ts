import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { flowAlgorithms } from '#shared/flow/algorithms.ts'
import { packFlow } from '#shared/flow/bytes.ts'
import { flowSize } from '#shared/flow/flow-size.ts'
import { greyOf } from '#shared/flow/grey.ts'
import {
  fieldBytes,
  joinPiece,
  PIECE_PAIRS,
  splitPiece,
  type FlowPiece,
} from '#shared/flow/piece.ts'
import type { VideoReader } from '../video/reader.ts'
import { VideoError } from '../video/video-error.ts'
import type { FlowPieceRequest } from './jobs/flow-protocol.ts'

/** Fast, and enough for fields in which little moves. */
const DEFLATE = { level: 1 }

/**
 * Computes one piece of a video's flow, one frame a step; returns it as it is stored.
 * @throws VideoError out-of-range when the video has no pair of frames there, and as `readFrames`
 * @throws RangeError when its frames are too small for the algorithm
 */
export function* computePiece(
  reader: VideoReader,
  { algorithm, size, piece }: FlowPieceRequest,
): Generator<void, Uint8Array<ArrayBuffer>> {
  const pixels = flowSize(reader.info, size)
  const { width, height } = pixels
  const from = piece * PIECE_PAIRS
  const fields = new Uint8Array(fieldBytes({ ...pixels, from, pairs: PIECE_PAIRS }))
  const sequence = flowAlgorithms[algorithm]()
  let pairs = 0
  for (let frame = from; frame <= from + PIECE_PAIRS; frame++) {
    // Frames before the first one are decoded in steps of their own.
    if (frame === from) yield* approachIf(reader, from)
    const rgb = frameAt(reader, frame, pixels)
    if (!rgb) break
    const field = sequence.next(greyOf(rgb))
    if (field) packFlow(field, fields, fieldBytes({ ...pixels, from, pairs: pairs++ }))
    yield
  }
  if (pairs === 0) {
    throw new VideoError('out-of-range', `The video has no two frames from frame ${from} on.`)
  }
  const header = { width, height, from, pairs }
  return joinPiece(header, deflateRawSync(fields.subarray(0, fieldBytes(header)), DEFLATE))
}

/** @throws Error when the bytes are not those of a whole piece */
export function readPiece(bytes: Uint8Array): FlowPiece {
  const { header, deflated } = splitPiece(bytes)
  const fields = inflateRawSync(deflated)
  if (fields.length === fieldBytes(header)) return { ...header, fields }
  throw new Error('A stored piece of flow is damaged.')
}

function* approachIf(reader: VideoReader, frame: number): Generator<void, void> {
  try {
    yield* reader.approach(frame)
  } catch (error) {
    if (!isEnd(error)) throw error
  }
}

/** Null behind the last frame. */
function frameAt(reader: VideoReader, index: number, size: { width: number; height: number }) {
  try {
    return reader.readFramesScaled([index], size)
  } catch (error) {
    if (isEnd(error)) return null
    throw error
  }
}

function isEnd(error: unknown): boolean {
  return error instanceof VideoError && error.kind === 'out-of-range'
}
