/**
 * TensorBoard's event files: records of `Event` messages (tensorflow/core/util/event.proto), each as
 * TensorFlow frames them (tensorflow/core/lib/io/record_writer.h): length (u64), CRC of the length,
 * message, CRC of the message; little-endian, CRC-32C, masked.
 */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { crc32c } from '@node-rs/crc32'

export interface Scalars {
  /** Seconds since 1970. */
  wallTime: number
  step: number
  /** By tag; float32 in the file. */
  values: Readonly<Record<string, number>>
}

const VERSION = 'brain.Event:2'
/** Fields of `Event`. */
export const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 } as const
/** Fields of `Summary` and of its values. */
export const SUMMARY = { value: 1, tag: 1, simpleValue: 2 } as const
/** `SessionLog.status`, and what it is when a session starts. */
export const SESSION = { status: 1, start: 1 } as const
export const HEADER_BYTES = 12
export const FOOTER_BYTES = 4

/** The record that every file begins with. */
export function versionRecord(wallTime: number): Uint8Array {
  const event = begun(wallTime)
  return framed(event.tag(EVENT.fileVersion, WireType.LengthDelimited).string(VERSION))
}

/** Tells readers to forget what older files say of `step` and of later steps. */
export function startRecord(wallTime: number, step: number): Uint8Array {
  const event = begun(wallTime).tag(EVENT.step, WireType.Varint).int64(step)
  event.tag(EVENT.sessionLog, WireType.LengthDelimited).fork()
  event.tag(SESSION.status, WireType.Varint).int32(SESSION.start)
  return framed(event.join())
}

/** Values that were measured at one step. */
export function scalarsRecord({ wallTime, step, values }: Scalars): Uint8Array {
  const event = begun(wallTime).tag(EVENT.step, WireType.Varint).int64(step)
  event.tag(EVENT.summary, WireType.LengthDelimited).fork()
  for (const [tag, value] of Object.entries(values)) {
    event.tag(SUMMARY.value, WireType.LengthDelimited).fork()
    event.tag(SUMMARY.tag, WireType.LengthDelimited).string(tag)
    event.tag(SUMMARY.simpleValue, WireType.Bit32).float(Math.fround(value))
    event.join()
  }
  return framed(event.join())
}

function begun(wallTime: number): BinaryWriter {
  return new BinaryWriter().tag(EVENT.wallTime, WireType.Bit64).double(wallTime)
}

function framed(event: BinaryWriter): Uint8Array {
  const message = event.finish()
  const record = Buffer.alloc(HEADER_BYTES + message.length + FOOTER_BYTES)
  record.writeBigUInt64LE(BigInt(message.length))
  record.writeUInt32LE(maskedCrc(record.subarray(0, 8)), 8)
  record.set(message, HEADER_BYTES)
  record.writeUInt32LE(maskedCrc(Buffer.from(message)), HEADER_BYTES + message.length)
  return record
}

/** Rotated by 15 bits, plus a constant: a CRC of data that holds CRCs is a weak one. */
export function maskedCrc(bytes: Buffer): number {
  const crc = crc32c(bytes)
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}
