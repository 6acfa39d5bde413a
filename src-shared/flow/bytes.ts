import type { FlowField } from './field.ts'

/** Pixels at which flow is clipped, either way. */
export const FLOW_RANGE = 20
const LEVELS = 255
/** The byte of no motion, and the third channel of a flow picture. */
export const STILL = 128

/**
 * Flow in bytes, as two-stream networks are trained on: clipped to +-20 px, then
 * (f + 20) * 255 / 40, rounded; 0 becomes 128.
 * @param bytes [2, H, W] from `offset` on: u, then v
 */
export function packFlow({ u, v }: FlowField, bytes: Uint8Array, offset = 0): void {
  const pixels = u.length
  for (let i = 0; i < pixels; i++) {
    bytes[offset + i] = packed(u[i])
    bytes[offset + pixels + i] = packed(v[i])
  }
}

function packed(value: number): number {
  const clipped = Math.min(FLOW_RANGE, Math.max(-FLOW_RANGE, value))
  return Math.round(((clipped + FLOW_RANGE) * LEVELS) / (2 * FLOW_RANGE))
}

/** The pixels that a byte stands for, to 0.08 px. */
export function unpacked(byte: number): number {
  return (byte * 2 * FLOW_RANGE) / LEVELS - FLOW_RANGE
}

/**
 * One flow field as a picture of three channels: u, v and 128, as Han et al. (NeurIPS 2020)
 * store it.
 * @param bytes [2, H, W] from `offset` on
 * @returns [H, W, 3]
 */
export function flowPicture(bytes: Uint8Array, pixels: number, offset = 0): Uint8Array {
  const picture = new Uint8Array(pixels * 3)
  for (let i = 0; i < pixels; i++) {
    picture[3 * i] = bytes[offset + i]
    picture[3 * i + 1] = bytes[offset + pixels + i]
    picture[3 * i + 2] = STILL
  }
  return picture
}
