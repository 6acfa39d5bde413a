/** The job that a decoder process does for flow, beside those of decoding alone. */
import type { FlowAlgorithmName } from '#shared/flow/names.ts'

/** Which piece of a video's flow, and how it is computed. */
export interface FlowPieceRequest {
  algorithm: FlowAlgorithmName
  /** Pixels of the short side; a smaller video keeps its size. */
  size: number
  piece: number
}

declare module '../../video/decoder-protocol.ts' {
  interface DecoderJobs {
    /** A piece of optical flow, as `joinPiece` writes it. */
    flow: { input: { path: string; request: FlowPieceRequest }; output: Uint8Array }
  }
}
