import { FFmpegError, FormatContext, Packet } from 'node-av/lib'
import type { Stream } from 'node-av/lib'
import { PartFile } from '../../base/files/atomic-write.ts'
import { openInput } from '../../video/open-input.ts'
import type { OpenInput } from '../../video/open-input.ts'

/**
 * Writes the pictures of a video so many times in a row as MP4, without encoding them again: a long
 * video in little time. The file appears under its name only when complete.
 * @param frameDuration in the time base of the stream in `from`
 * @throws VideoError when `from` cannot be opened
 * @throws FFmpegError when `to` cannot be written
 */
export async function repeatVideo(
  from: string,
  to: string,
  { times, frameDuration }: { times: number; frameDuration: bigint },
): Promise<void> {
  const part = new PartFile(to)
  try {
    writeRepeated(from, part.path, times, frameDuration)
    await part.keep('none')
  } catch (error) {
    await part.drop()
    throw error
  }
}

function writeRepeated(from: string, to: string, times: number, frameDuration: bigint): void {
  const output = new FormatContext()
  try {
    FFmpegError.throwIfError(output.allocOutputContext2(null, 'mp4', to), `create ${to}`)
    const stream = addStream(output, from)
    FFmpegError.throwIfError(output.openOutputSync(), `open ${to}`)
    FFmpegError.throwIfError(output.writeHeaderSync(), `write the header of ${to}`)
    let frames = 0
    for (let i = 0; i < times; i++) {
      frames += copyPackets(output, stream, from, BigInt(frames) * frameDuration)
    }
    FFmpegError.throwIfError(output.writeTrailerSync(), 'finish the file')
  } finally {
    output.closeOutputSync()
    output.freeContext()
  }
}

function addStream(output: FormatContext, from: string): Stream {
  return withInput(from, (input) => {
    const stream = output.newStream()
    stream.timeBase = input.stream.timeBase
    FFmpegError.throwIfError(input.stream.codecpar.copy(stream.codecpar), 'copy the parameters')
    return stream
  })
}

/** Returns the number of packets. */
function copyPackets(output: FormatContext, stream: Stream, from: string, start: bigint): number {
  return withInput(from, ({ format, stream: source }) => {
    const packet = new Packet()
    packet.alloc()
    let packets = 0
    while (format.readFrameSync(packet) >= 0) {
      packet.pts += start
      packet.dts += start
      packet.streamIndex = stream.index
      packet.rescaleTs(source.timeBase, stream.timeBase)
      FFmpegError.throwIfError(output.interleavedWriteFrameSync(packet), 'write a frame')
      packets++
    }
    packet.free()
    return packets
  })
}

function withInput<T>(path: string, use: (input: OpenInput) => T): T {
  const input = openInput(path)
  try {
    return use(input)
  } finally {
    input.close()
  }
}
