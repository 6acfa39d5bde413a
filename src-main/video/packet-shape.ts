/** Types of pictures as MPEG-4 writes them in two bits, and as FFmpeg numbers them. */
const VOP_TYPES = [1, 2, 3, 4] as const // I, P, B, S
const BIDIRECTIONAL = 3

/** Start code of a picture (VOP) of MPEG-4. */
const VOP_START = Buffer.from([0, 0, 1, 0xb6])
const START_CODE = Buffer.from([0, 0, 1])

/**
 * Does a packet look like a whole picture of its codec? Overwritten ones do not, and a decoder may
 * give nothing for them, which moves the number of every later frame. False is certain, true is not.
 */
export type ShapeCheck = (data: Buffer) => boolean

/** @param extradata what the container says of the stream beforehand; null for nothing */
export function shapeCheck(codec: string, extradata: Buffer | null): ShapeCheck {
  switch (codec) {
    case 'h264':
      // The record `avcC` begins with its version; its fifth byte has the bytes of a length, less one.
      return extradata?.[0] === 1
        ? (data) => unitsFill(data, (extradata[4] & 3) + 1, isH264Picture)
        : beginsWithStartCode
    case 'hevc':
      return extradata?.[0] === 1
        ? (data) => unitsFill(data, (extradata[21] & 3) + 1, isHevcPicture)
        : beginsWithStartCode
    case 'mpeg4':
      return (data) => beginsWithStartCode(data) && data.includes(VOP_START)
    case 'mjpeg':
      return (data) => data[0] === 0xff && data[1] === 0xd8
    default:
      return () => true
  }
}

/**
 * Does a packet hold nothing but a picture that no other is built on? True is certain, false is not:
 * most codecs and streams with start codes are not looked into.
 * @param extradata as for `shapeCheck`
 */
export function spareCheck(codec: string, extradata: Buffer | null): ShapeCheck {
  if (codec === 'mpeg4') return (data) => vopType(data) === BIDIRECTIONAL
  if (codec !== 'h264' || extradata?.[0] !== 1) return () => false
  return (data) => unitsFill(data, (extradata[4] & 3) + 1, isH264Picture, isSpareUnit)
}

/** A slice that says that it is no reference, or supplemental information, delimiter or filler. */
function isSpareUnit(head: number): boolean {
  const type = head & 31
  return type === 1 ? head >> 5 === 0 : type === 6 || type === 9 || type === 12
}

/** FFmpeg's number for the type of the picture in a packet of MPEG-4; null where there is none. */
export function vopType(data: Buffer): (typeof VOP_TYPES)[number] | null {
  const at = data.indexOf(VOP_START) + VOP_START.length
  const bits = at < VOP_START.length ? undefined : data[at]
  return bits === undefined ? null : VOP_TYPES[bits >> 6]
}

function beginsWithStartCode(data: Buffer): boolean {
  const from = data[0] === 0 && data[1] === 0 && data[2] === 0 ? 1 : 0
  return data.subarray(from, from + START_CODE.length).equals(START_CODE)
}

/** Do units, each behind its length, fill the packet, all of them fit, and is one of them a picture? */
function unitsFill(
  data: Buffer,
  lengthBytes: number,
  isPicture: (head: number) => boolean,
  fits: (head: number) => boolean = () => true,
): boolean {
  let pictures = 0
  let at = 0
  while (at + lengthBytes < data.length) {
    const length = data.readUIntBE(at, lengthBytes)
    const head = data[at + lengthBytes]
    // The highest bit of a unit is always 0.
    if (length === 0 || head > 0x7f || !fits(head)) return false
    if (isPicture(head)) pictures++
    at += lengthBytes + length
  }
  return at === data.length && pictures > 0
}

function isH264Picture(head: number): boolean {
  const type = head & 31
  return type === 1 || type === 2 || type === 5
}

function isHevcPicture(head: number): boolean {
  return head >> 1 < 32
}
