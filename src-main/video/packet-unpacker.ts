import { BitStreamFilter, BitStreamFilterContext, Packet } from 'node-av/lib'
import type { Stream } from 'node-av/lib'

/** FFmpeg's `mpeg4_unpack_bframes`: gives packets of one picture each where a packet may have two. */
export class PacketUnpacker {
  private readonly filter = new BitStreamFilterContext()
  private readonly unpacked = new Packet()
  private changed = false

  /** @throws Error when this FFmpeg has no such filter */
  constructor(stream: Stream) {
    const filter = BitStreamFilter.getByName('mpeg4_unpack_bframes')
    if (!filter) throw new Error('FFmpeg has no filter mpeg4_unpack_bframes; reinstall node-av.')
    this.filter.alloc(filter)
    const parameters = this.filter.inputCodecParameters
    if (parameters) stream.codecpar.copy(parameters)
    this.filter.inputTimeBase = stream.timeBase
    this.filter.init()
    this.unpacked.alloc()
  }

  /** Has any packet had another number of pictures than one? */
  get hasUnpacked(): boolean {
    return this.changed
  }

  /** Takes a packet, which is empty then, or null for the end; each that comes out goes to `use`. */
  unpack(packet: Packet | null, use: (packet: Packet) => void): void {
    const size = packet?.size
    this.filter.sendPacketSync(packet)
    while (this.filter.receivePacketSync(this.unpacked) >= 0) {
      this.changed ||= this.unpacked.size !== size
      use(this.unpacked)
      this.unpacked.unref()
    }
  }

  close(): void {
    this.filter.free()
    this.unpacked.free()
  }
}
