/**
 * Pieces of a video's flow, as they are stored and sent: a header of four 32-bit numbers, little-endian
 * (width, height, first frame, pairs), then the bytes of its fields, deflated without a frame of their
 * own ("raw").
 */

/** Pairs of frames in a piece; the last of a video has fewer. */
export const PIECE_PAIRS = 32
const HEADER_BYTES = 16

export interface FlowPieceHeader {
  /** Pixels. */
  width: number
  height: number
  /** First frame of the first pair, counted as decoded. */
  from: number
  /** Fields in this piece; field i leads from frame `from` + i to the next. */
  pairs: number
}

/** Some consecutive flow fields of a video. */
export interface FlowPiece extends FlowPieceHeader {
  /** [pairs, 2, H, W], as `packFlow` writes them. */
  fields: Uint8Array
}

/** Which piece has the field that begins at a frame. */
export function pieceAt(frame: number): number {
  return Math.floor(frame / PIECE_PAIRS)
}

/** @param deflated the fields */
export function joinPiece(header: FlowPieceHeader, deflated: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES + deflated.length)
  const view = new DataView(bytes.buffer)
  const { width, height, from, pairs } = header
  ;[width, height, from, pairs].forEach((value, i) => view.setUint32(4 * i, value, true))
  bytes.set(deflated, HEADER_BYTES)
  return bytes
}

/** @throws RangeError when the bytes are too few for a header */
export function splitPiece(bytes: Uint8Array): { header: FlowPieceHeader; deflated: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [width, height, from, pairs] = [0, 1, 2, 3].map((i) => view.getUint32(4 * i, true))
  return { header: { width, height, from, pairs }, deflated: bytes.subarray(HEADER_BYTES) }
}

/** Bytes of the fields once inflated. */
export function fieldBytes({ width, height, pairs }: FlowPieceHeader): number {
  return pairs * 2 * width * height
}
