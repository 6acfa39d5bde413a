/**
 * NumPy's .npy: a magic text, a version, a header that is a Python dictionary, and the values
 * (`numpy.lib.format`). Numbers of up to 8 bytes, booleans and texts are read.
 */
import { MaskError } from '#shared/masks/mask.ts'
import { LONGEST_TEXT } from './limits.ts'

/** An array as bytes: `descr` is NumPy's name of its type. */
export interface NpyArray {
  descr: string
  shape: number[]
  /** By columns, as Fortran has them, instead of by rows. */
  isFortran: boolean
  data: Buffer
}

const MAGIC = '\x93NUMPY'
/** The header's length is a multiple of it, so that the values lie well in memory. */
const ALIGNED = 64
/** Bytes of a header; those of plain arrays have about a hundred. */
const LONGEST_HEADER = 65_536
/** Code points that are taken into a string at a time. */
const PIECE = 4096
const LAST_CODE_POINT = 0x10_ffff

/** @param data by rows, little-endian */
export function encodeNpy(descr: string, shape: readonly number[], data: Uint8Array): Buffer {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${tuple}), }`
  const bare = MAGIC.length + 4 + header.length + 1
  const padded = header + ' '.repeat((ALIGNED - (bare % ALIGNED)) % ALIGNED) + '\n'
  const length = Buffer.alloc(2)
  length.writeUInt16LE(padded.length)
  const start = Buffer.from(`${MAGIC}\x01\x00`, 'latin1')
  return Buffer.concat([start, length, Buffer.from(padded, 'latin1'), data])
}

/** @throws MaskError when the bytes are no array */
export function decodeNpy(bytes: Buffer): NpyArray {
  if (bytes.length < 12 || bytes.toString('latin1', 0, 6) !== MAGIC) throw noArray('no magic text')
  const isFirst = bytes[6] === 1
  const begin = isFirst ? 10 : 12
  const length = isFirst ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8)
  if (length > LONGEST_HEADER) throw noArray('its header is too long')
  const header = bytes.toString('utf8', begin, begin + length)
  const descr = /'descr':\s*'([^']+)'/.exec(header)?.[1]
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1]
  const tuple = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1]
  if (descr === undefined || order === undefined || tuple === undefined) {
    throw noArray('its header is malformed, or its values are objects')
  }
  const shape = tuple.split(',').flatMap((part) => (part.trim() === '' ? [] : [Number(part)]))
  const data = bytes.subarray(begin + length)
  checkCount(shape, itemSize(descr), data.length)
  return { descr, shape, isFortran: order === 'True', data }
}

/**
 * Values of no size would agree with any count of them, so there must be none of those.
 * @throws MaskError when the bytes are not those of the shape
 */
function checkCount(shape: readonly number[], size: number, bytes: number): void {
  const count = shape.reduce((product, length) => product * length, 1)
  if (size === 0 && count > 0) throw noArray('its values have no size')
  if (shape.some((length) => !Number.isSafeInteger(length)) || bytes !== count * size) {
    throw noArray(`its values are cut off: ${bytes} bytes for the shape [${shape.join(', ')}]`)
  }
}

/** The texts of a one-dimensional array of `U`. */
export function encodeTexts(texts: readonly string[]): Buffer {
  const points = texts.map((text) => Array.from(text))
  const longest = Math.max(1, ...points.map(({ length }) => length))
  const data = Buffer.alloc(texts.length * longest * 4)
  points.forEach((characters, row) =>
    characters.forEach((character, i) =>
      data.writeUInt32LE(character.codePointAt(0)!, (row * longest + i) * 4),
    ),
  )
  return encodeNpy(`<U${longest}`, [texts.length], data)
}

/** @throws MaskError when it is no one-dimensional array of texts, or a text is too long */
export function decodeTexts({ descr, shape, data }: NpyArray): string[] {
  const length = Number(/^<U(\d+)$/.exec(descr)?.[1] ?? NaN)
  if (!(shape.length === 1 && length >= 0)) throw noArray('expected texts in one dimension')
  if (length > LONGEST_TEXT) {
    throw noArray(`its texts have ${length} characters, up to ${LONGEST_TEXT} are read`)
  }
  return Array.from({ length: shape[0] }, (_, row) =>
    textAt(data.subarray(row * length * 4, (row + 1) * length * 4)),
  )
}

/** @param data code points of 4 bytes, filled up with zeros at the end */
function textAt(data: Buffer): string {
  let length = data.length / 4
  while (length > 0 && data.readUInt32LE(4 * (length - 1)) === 0) length--
  let text = ''
  for (let from = 0; from < length; from += PIECE) {
    const points: number[] = []
    for (let i = from; i < Math.min(length, from + PIECE); i++) points.push(pointAt(data, 4 * i))
    text += String.fromCodePoint(...points)
  }
  return text
}

function pointAt(data: Buffer, at: number): number {
  const point = data.readUInt32LE(at)
  if (point <= LAST_CODE_POINT) return point
  throw noArray(`it has the character 0x${point.toString(16)}, which Unicode does not have`)
}

/** @throws MaskError when it is no one-dimensional array of numbers */
export function decodeNumbers(array: NpyArray): number[] {
  const read = readers[array.descr]
  if (!read || array.shape.length !== 1) throw noArray('expected numbers in one dimension')
  const size = itemSize(array.descr)
  return Array.from({ length: array.shape[0] }, (_, i) => read(array.data, i * size))
}

/**
 * A two-dimensional array as a mask: every value but 0 is foreground.
 * @returns [H, W] u8 of 0 and 1
 * @throws MaskError when it has another shape or its values are not of one byte
 */
export function decodeMask(array: NpyArray): { mask: Uint8Array; height: number; width: number } {
  const [height, width] = array.shape
  if (array.shape.length !== 2 || itemSize(array.descr) !== 1 || array.data.length === 0) {
    throw noArray(`expected [height, width] of bool or uint8, it is [${array.shape.join(', ')}]`)
  }
  const mask = new Uint8Array(height * width)
  array.data.forEach((value, i) => {
    if (value === 0) return
    mask[array.isFortran ? (i % height) * width + Math.floor(i / height) : i] = 1
  })
  return { mask, height, width }
}

const readers: Record<string, (data: Buffer, at: number) => number> = {
  '|b1': (data, at) => data.readUInt8(at),
  '|u1': (data, at) => data.readUInt8(at),
  '|i1': (data, at) => data.readInt8(at),
  '<u2': (data, at) => data.readUInt16LE(at),
  '<i2': (data, at) => data.readInt16LE(at),
  '<u4': (data, at) => data.readUInt32LE(at),
  '<i4': (data, at) => data.readInt32LE(at),
  '<u8': (data, at) => Number(data.readBigUInt64LE(at)),
  '<i8': (data, at) => Number(data.readBigInt64LE(at)),
  '<f4': (data, at) => data.readFloatLE(at),
  '<f8': (data, at) => data.readDoubleLE(at),
}

/** Bytes of one value. @throws MaskError for types that are not read */
function itemSize(descr: string): number {
  const texts = /^<U(\d+)$/.exec(descr)
  if (texts) return 4 * Number(texts[1])
  if (descr in readers) return Number(descr.slice(2))
  throw noArray(`its type is ${descr}`)
}

function noArray(reason: string): MaskError {
  return new MaskError(`It is not a NumPy array that can be read: ${reason}.`)
}
