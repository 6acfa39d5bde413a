/** Reads TensorBoard's event files back; `event-records.ts` says how they are made. */
import { createReadStream } from 'node:fs'
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { EVENT, FOOTER_BYTES, HEADER_BYTES, maskedCrc, SESSION, SUMMARY } from './event-records.ts'

export interface ReadEvent {
  /** Seconds since 1970. */
  wallTime: number
  step: number
  /** Float32 values by tag. */
  values: Record<string, number>
  /** Whether a session starts at `step`, so that what older files say of it and later ones is void. */
  isStart: boolean
}

/** Bytes of a record at most: the workbench writes some scalars in each, other programs pictures too. */
const LARGEST_RECORD = 64 << 20

/** Events of a file up to its end, or to the first record that is cut off or damaged. */
export async function* readEventFile(file: string): AsyncGenerator<ReadEvent, void, undefined> {
  let waiting = Buffer.alloc(0)
  for await (const piece of createReadStream(file)) {
    waiting = Buffer.concat([waiting, piece as Buffer])
    let at = 0
    for (;;) {
      const length = recordLength(waiting.subarray(at))
      if (length === 'damaged') return
      if (length === null || waiting.length - at < HEADER_BYTES + length + FOOTER_BYTES) break
      const message = waiting.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length)
      at += HEADER_BYTES + length
      if (waiting.readUInt32LE(at) !== maskedCrc(message)) return
      at += FOOTER_BYTES
      yield parseEvent(message)
    }
    waiting = waiting.subarray(at)
  }
}

/** Of the message; null where the header is not there yet. */
function recordLength(bytes: Buffer): number | 'damaged' | null {
  if (bytes.length < HEADER_BYTES) return null
  const length = Number(bytes.readBigUInt64LE())
  const isWhole = bytes.readUInt32LE(8) === maskedCrc(bytes.subarray(0, 8))
  return isWhole && length <= LARGEST_RECORD ? length : 'damaged'
}

function parseEvent(bytes: Uint8Array): ReadEvent {
  const event: ReadEvent = { wallTime: NaN, step: 0, values: {}, isStart: false }
  const reader = new BinaryReader(bytes)
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag()
    if (field === EVENT.wallTime) event.wallTime = reader.double()
    else if (field === EVENT.step) event.step = Number(reader.int64())
    else if (field === EVENT.summary) parseSummary(reader.bytes(), event.values)
    else if (field === EVENT.sessionLog) event.isStart = startsSession(reader.bytes())
    else reader.skip(wire, field)
  }
  return event
}

function parseSummary(bytes: Uint8Array, values: Record<string, number>): void {
  const reader = new BinaryReader(bytes)
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag()
    if (field === SUMMARY.value) parseValue(reader.bytes(), values)
    else reader.skip(wire, field)
  }
}

/** Of another kind than a scalar, such as a picture, nothing is taken. */
function parseValue(bytes: Uint8Array, values: Record<string, number>): void {
  const reader = new BinaryReader(bytes)
  let tag = ''
  let value: number | null = null
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag()
    if (field === SUMMARY.tag) tag = reader.string()
    else if (field === SUMMARY.simpleValue && wire === WireType.Bit32) value = reader.float()
    else reader.skip(wire, field)
  }
  if (tag !== '' && value !== null) values[tag] = value
}

function startsSession(bytes: Uint8Array): boolean {
  const reader = new BinaryReader(bytes)
  let status = 0
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag()
    if (field === SESSION.status) status = reader.int32()
    else reader.skip(wire, field)
  }
  return status === SESSION.start
}
