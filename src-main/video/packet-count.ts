import {
  AV_FRAME_FLAG_INTERLACED,
  AV_NOPTS_VALUE,
  AV_PKT_FLAG_CORRUPT,
  AV_PKT_FLAG_DISCARD,
  AVERROR_EOF,
} from 'node-av/constants'
import { Frame, Packet } from 'node-av/lib'
import { FrameTimes } from './frame-times.ts'
import type { OpenInput } from './open-input.ts'
import { PacketUnpacker } from './packet-unpacker.ts'

/** Codecs that give one picture for each packet, where `PacketCounter` finds no doubt. */
const ONE_PICTURE_A_PACKET = new Set([
  'mpeg4',
  'msmpeg4',
  'msmpeg4v2',
  'h264',
  'hevc',
  'h263',
  'flv',
  'mjpeg',
  'cinepak',
  'ffv1',
  'huffyuv',
  'ffvhuff',
])
/** Of these, pictures may lead the keyframe that they follow in the file. */
const MAY_LEAD = new Set(['h264', 'hevc'])
/** Bytes up to which a packet of MPEG-4 may say "no picture here"; FFmpeg's unpacking has it too. */
const NO_PICTURE = 19

export interface PacketCount {
  /** As a decoder gives them; null where packets do not prove that. */
  frames: number | null
  /** Do frames follow each other at different distances? Null where packets have no times. */
  variableRate: boolean | null
  /** Seconds from the start of the file to the end of its last packet, of any stream; 0 without times. */
  end: number
  /** Has any packet had another number of pictures than one? */
  isPacked: boolean
}

/**
 * Counts the frames of a video without decoding more than the first: every packet is read, those of
 * MPEG-4 through FFmpeg's filter that unpacks B-frames. The count is null where that does not prove
 * what a decoder would give, so that somebody must decode: codecs that hide or split pictures,
 * interlacing, edit lists, pictures that lead the first keyframe, packets that are empty or marked as
 * damaged or seem to be missing, and a header that counts otherwise.
 * @param onPacket called with every packet, to show that the work goes on
 * @param onPicture called with the packet of every picture, in the order of decoding
 */
export function countPackets(
  input: OpenInput,
  onPacket?: () => void,
  onPicture?: (packet: Packet) => void,
): PacketCount {
  const counter = new PacketCounter(input, onPicture)
  try {
    return counter.count(onPacket)
  } finally {
    counter.close()
  }
}

class PacketCounter {
  private readonly input: OpenInput
  private readonly packet = new Packet()
  private readonly frame = new Frame()
  private readonly unpacker: PacketUnpacker | null
  private readonly times = new FrameTimes()
  private decoded = false
  private packets = 0
  private doubt: boolean
  private end = 0
  /** Seconds of a unit of time, by stream. */
  private readonly units: readonly number[]
  private readonly onPicture: ((packet: Packet) => void) | undefined

  constructor(input: OpenInput, onPicture?: (packet: Packet) => void) {
    this.input = input
    this.onPicture = onPicture
    this.units = input.format.streams.map(({ timeBase: { num, den } }) => num / den)
    this.unpacker = input.info.codec === 'mpeg4' ? new PacketUnpacker(input.stream) : null
    this.doubt = !ONE_PICTURE_A_PACKET.has(input.info.codec)
    this.packet.alloc()
    this.frame.alloc()
  }

  count(onPacket: (() => void) | undefined): PacketCount {
    const { format, stream } = this.input
    let status = format.readFrameSync(this.packet)
    for (; status >= 0; status = format.readFrameSync(this.packet)) {
      this.noteEnd()
      if (this.packet.streamIndex === stream.index) this.take()
      this.packet.unref()
      onPacket?.()
    }
    this.doubt ||= status !== AVERROR_EOF
    this.finish()
    return {
      frames: this.doubt ? null : this.times.length,
      variableRate: this.times.variable,
      end: this.end,
      isPacked: this.unpacker?.hasUnpacked ?? false,
    }
  }

  close(): void {
    this.unpacker?.close()
    this.packet.free()
    this.frame.free()
  }

  private noteEnd(): void {
    const { pts, duration, streamIndex } = this.packet
    // A stream may begin on the way; nothing is known of it here.
    const unit = this.units[streamIndex]
    if (pts === AV_NOPTS_VALUE || unit === undefined) return
    const { fps } = this.input.info
    const length = duration === 0n && fps !== null ? 1 / fps : Number(duration) * unit
    this.end = Math.max(this.end, Number(pts) * unit + length)
  }

  private take(): void {
    const { packet } = this
    this.doubt ||= (packet.flags & (AV_PKT_FLAG_CORRUPT | AV_PKT_FLAG_DISCARD)) !== 0
    this.doubt ||= packet.size === 0 || (this.packets === 0 && !packet.isKeyframe)
    this.packets++
    if (!this.decoded && !this.doubt) this.decode(packet)
    if (this.unpacker) this.unpacker.unpack(packet, (unpacked) => this.note(unpacked))
    else this.note(packet)
  }

  private note(packet: Packet): void {
    this.doubt ||= this.unpacker !== null && packet.size <= NO_PICTURE
    const { pts, dts } = packet
    this.times.add(pts === AV_NOPTS_VALUE ? null : pts, dts === AV_NOPTS_VALUE ? null : dts)
    this.onPicture?.(packet)
  }

  /** Decodes until the first picture has come. */
  private decode(packet: Packet | null): void {
    const { decoder } = this.input
    this.doubt ||= decoder.sendPacketSync(packet) < 0
    if (decoder.receiveFrameSync(this.frame) < 0) return
    this.decoded = true
    this.doubt ||= this.frame.decodeErrorFlags !== 0
    this.doubt ||= this.frame.hasFlags(AV_FRAME_FLAG_INTERLACED)
  }

  private finish(): void {
    this.unpacker?.unpack(null, (unpacked) => this.note(unpacked))
    if (!this.decoded && !this.doubt) this.decode(null)
    const { codec, headerFrames } = this.input.info
    this.doubt ||= !this.decoded || (headerFrames ?? this.packets) !== this.packets
    this.doubt ||= MAY_LEAD.has(codec) && !this.times.firstIsEarliest
    this.doubt ||= this.times.interrupted
  }
}
