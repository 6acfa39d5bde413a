import { AV_NOPTS_VALUE } from 'node-av/constants'
import type { Frame, Packet } from 'node-av/lib'
import { timestamp } from './frame-source.ts'
import { openInput } from './open-input.ts'
import type { OpenInput } from './open-input.ts'
import { countPackets } from './packet-count.ts'
import { shapeCheck, spareCheck, vopType } from './packet-shape.ts'
import type { ShapeCheck } from './packet-shape.ts'

/** Pictures of these wait for later packets, so that times alone tell their order. */
const REORDERED = new Set(['h264', 'hevc'])

const [INTRA, BIDIRECTIONAL] = [1, 3]

/** A packet from which decoding may start. */
export interface Keyframe {
  /** Number of its frame. */
  index: number
  /** Which packet of the video it is, counted from 0. */
  place: number
  /** In the stream's time base; null where the packet has none. */
  pts: bigint | null
  dts: bigint | null
  /** Byte of the file; negative where the container does not say. */
  pos: bigint
}

interface Picture extends Omit<Keyframe, 'index'> {
  isKey: boolean
  /** FFmpeg's number for its type; 0 where that is not read. */
  type: number
  /** No other picture is built on it. */
  isSpare: boolean
}

/**
 * Where the frames of a video lie, read off its packets without decoding: which keyframe comes before
 * each, and what time or type each has, so that a jump can be checked. Takes 14 bytes a frame.
 */
export class FramePlan {
  /** In order of their frames. */
  readonly keyframes: readonly Keyframe[]
  /** In the stream's time base; null where times prove nothing. */
  private readonly times: BigInt64Array | null
  private readonly types: Uint8Array
  private readonly spare: Uint8Array
  /** Numbers of the frames in the order of their packets. */
  private readonly numbers: Uint32Array

  /**
   * @param pictures in the order in which they are shown
   * @param timed every picture has a time, each later than the one before
   */
  constructor(pictures: readonly Picture[], timed: boolean) {
    this.times = timed ? BigInt64Array.from(pictures, (picture) => shownAt(picture)!) : null
    this.types = Uint8Array.from(pictures, ({ type }) => type)
    this.spare = Uint8Array.from(pictures, ({ isSpare }) => Number(isSpare))
    this.numbers = new Uint32Array(pictures.length)
    pictures.forEach(({ place }, index) => (this.numbers[place] = index))
    this.keyframes = pictures.flatMap(({ isKey, place, pts, dts, pos }, index) =>
      isKey ? { index, place, pts, dts, pos } : [],
    )
  }

  /** Frames in the whole video. */
  get length(): number {
    return this.types.length
  }

  /** The last keyframe at or before frame `index`; there always is one. */
  keyframeBefore(index: number): Keyframe {
    return this.keyframes[this.keyframesUpTo(index) - 1] ?? this.keyframes[0]
  }

  /** The first keyframe after frame `index`; null where none follows. */
  keyframeAfter(index: number): Keyframe | null {
    return this.keyframes[this.keyframesUpTo(index)] ?? null
  }

  /** Can `frame` be frame `index`? */
  agrees(index: number, frame: Frame): boolean {
    if (index >= this.length || frame.decodeErrorFlags !== 0) return false
    if (frame.keyFrame === 0 && this.keyframeBefore(index).index === index) return false
    const type = this.types[index]
    if (type !== 0 && type !== Number(frame.pictType)) return false
    return this.times === null || timestamp(frame) === this.times[index]
  }

  /** Number of the frame whose packet comes at `place`; null beyond the last. */
  frameAt(place: number): number | null {
    return this.numbers[place] ?? null
  }

  /** Can a decoder do without frame `index` and give all others as they are? */
  isSpare(index: number): boolean {
    return this.spare[index] === 1
  }

  private keyframesUpTo(index: number): number {
    let [low, high] = [0, this.keyframes.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.keyframes[middle].index <= index) low = middle + 1
      else high = middle
    }
    return low
  }
}

/**
 * Reads the packets of a video. Null where they do not prove which frame is which: then only decoding
 * from the start tells. Costs some 20 ms for a minute of video that is in memory.
 * @throws VideoError when the file cannot be opened
 */
export function readFramePlan(path: string): FramePlan | null {
  const input = openInput(path)
  try {
    return planOf(input)
  } finally {
    input.close()
  }
}

/** The same of an open file, which must be sought in before anything else is read. */
export function planOf(input: OpenInput): FramePlan | null {
  const reader = new PictureList(input)
  const { frames, isPacked } = countPackets(input, undefined, (packet) => reader.add(packet))
  return frames === null ? null : reader.plan(isPacked)
}

/** Gathers the pictures of a stream in the order of their packets. */
class PictureList {
  private readonly codec: string
  private readonly pictures: Picture[] = []
  private readonly isWhole: ShapeCheck
  private readonly isSpare: ShapeCheck
  private whole = true

  constructor({ info, stream }: OpenInput) {
    const { extradata } = stream.codecpar
    this.codec = info.codec
    this.isWhole = shapeCheck(info.codec, extradata)
    this.isSpare = spareCheck(info.codec, extradata)
  }

  add(packet: Packet): void {
    if (!this.whole) return
    const { pts, dts, pos, isKeyframe, data } = packet
    if (data === null || !this.isWhole(data)) {
      this.whole = false
      return
    }
    const type = this.codec === 'mpeg4' ? (vopType(data) ?? 0) : 0
    // A container may mark as keyframe what is none.
    const isKey = isKeyframe && (type === 0 || type === INTRA)
    const isSpare = !isKey && this.isSpare(data)
    const place = this.pictures.length
    this.pictures.push({ place, pts: known(pts), dts: known(dts), pos, isKey, type, isSpare })
  }

  /** @param isPacked packets and pictures are not one to one */
  plan(isPacked: boolean): FramePlan | null {
    const order = this.whole && this.pictures[0]?.isKey ? this.shown() : null
    if (!order?.[0]?.isKey) return null
    const timed = areInOrder(order)
    // What is left after passing over packets must be known by more than its type.
    if (isPacked || !timed) for (const picture of order) picture.isSpare = false
    return timed || this.codec === 'mpeg4' ? new FramePlan(order, timed) : null
  }

  private shown(): Picture[] | null {
    if (this.codec === 'mpeg4') return shownByType(this.pictures)
    if (!REORDERED.has(this.codec)) return this.pictures
    if (this.pictures.some(({ pts }) => pts === null)) return null
    return this.pictures.toSorted((a, b) => (a.pts! < b.pts! ? -1 : 1))
  }
}

/**
 * The order in which MPEG-4 shows pictures: a bidirectional one at once, any other when the next such
 * has come. Null where the stream begins with bidirectional ones, which decoders drop.
 */
function shownByType(pictures: readonly Picture[]): Picture[] | null {
  const order: Picture[] = []
  let waiting: Picture | null = null
  for (const picture of pictures) {
    if (picture.type === BIDIRECTIONAL) {
      if (order.length === 0) return null
      order.push(picture)
    } else {
      if (waiting) order.push(waiting)
      waiting = picture
    }
  }
  if (waiting) order.push(waiting)
  return order
}

/** Has every picture a time, each later than the one before? */
function areInOrder(pictures: readonly Picture[]): boolean {
  return pictures.every((picture, i) => {
    const time = shownAt(picture)
    const before = i === 0 ? null : shownAt(pictures[i - 1])
    return time !== null && (before === null || time > before)
  })
}

/** Without a time of presentation, pictures are shown as they are decoded. */
function shownAt({ pts, dts }: Pick<Picture, 'pts' | 'dts'>): bigint | null {
  return pts ?? dts
}

function known(time: bigint): bigint | null {
  return time === AV_NOPTS_VALUE ? null : time
}
