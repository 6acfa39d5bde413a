/**
 * The planes behind a clip's mask as one block of bytes, so that the page can cut masks itself while
 * beta moves. A module without schemas, as `pictures.ts`.
 */

export interface PlanesHeader {
  /** Pixels of the planes: the whole frame, its short side scaled to the size asked for. */
  height: number
  width: number
  /** Pixels of the video. */
  videoHeight: number
  videoWidth: number
  /** Frames used, counted as decoded. */
  indices: number[]
  /** Mean |difference| of each frame of the clip to the one before, T - 1 values in [0, 1]. */
  energy: number[]
  /** Whether the global motion was removed before differencing. */
  compensated: boolean
  /** Of it [T - 1] motions from frame to frame, in pixels of the planes (`CameraMotion`); null for none. */
  camera: number[][] | null
  /** Time on the host, decoding included. */
  milliseconds: number
}

/** All [height, width] f32. */
export interface MaskPlanes extends PlanesHeader {
  /** Mean over time of |frame difference| summed over RGB, 0..3. */
  change: Float32Array
  /** Seed region, [0, 1]. */
  seed: Float32Array
  /** Colour posterior, not blurred, [0, 1]. */
  posterior: Float32Array
  /** FAME's soft mask, [0, 1]. */
  soft: Float32Array
  /** What the variant `motion` is cut from, [0, 1]: see `fillMotionPlane`. */
  motion: Float32Array
  /** [T, H, W] u8: what the variant `motion` has in front in each frame. */
  fronts: Uint8Array
}

const PLANES = ['change', 'seed', 'posterior', 'soft', 'motion'] as const

/**
 * Header length (u32), header as JSON padded to four bytes, then the planes, all little-endian, and the
 * fronts of the frames, eight pixels a byte, the first in its lowest bit.
 */
export function encodePlanes(planes: MaskPlanes): Uint8Array<ArrayBuffer> {
  const { change, seed, posterior, soft, motion, fronts, ...header } = planes
  const text = JSON.stringify(header)
  const json = new TextEncoder().encode(text + ' '.repeat((4 - (text.length % 4)) % 4))
  const pixels = header.height * header.width
  const bits = packBits(fronts)
  const bytes = new Uint8Array(4 + json.length + PLANES.length * pixels * 4 + bits.length)
  new DataView(bytes.buffer).setUint32(0, json.length, true)
  bytes.set(json, 4)
  const values = new Float32Array(bytes.buffer, 4 + json.length, PLANES.length * pixels)
  ;[change, seed, posterior, soft, motion].forEach((plane, i) => values.set(plane, i * pixels))
  bytes.set(bits, bytes.length - bits.length)
  return bytes
}

/** @throws RangeError when the bytes end before the planes do. */
export function decodePlanes(bytes: ArrayBuffer): MaskPlanes {
  const length = new DataView(bytes).getUint32(0, true)
  const header = JSON.parse(
    new TextDecoder().decode(new Uint8Array(bytes, 4, length)),
  ) as PlanesHeader
  const pixels = header.height * header.width
  const count = header.indices.length * pixels
  const bits = new Uint8Array(bytes, 4 + length + PLANES.length * pixels * 4, Math.ceil(count / 8))
  const plane = (i: number) => new Float32Array(bytes, 4 + length + i * pixels * 4, pixels)
  return {
    ...header,
    change: plane(0),
    seed: plane(1),
    posterior: plane(2),
    soft: plane(3),
    motion: plane(4),
    fronts: unpackBits(bits, count),
  }
}

function packBits(values: Uint8Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(values.length / 8))
  for (let i = 0; i < values.length; i++) bits[i >> 3] |= values[i] << (i & 7)
  return bits
}

function unpackBits(bits: Uint8Array, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => (bits[i >> 3] >> (i & 7)) & 1)
}
