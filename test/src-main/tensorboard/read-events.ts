/**
 * Reads event files without the packages that write them: record framing, CRC-32C bit by bit, and the
 * wire format of protocol buffers.
 */
import { readFileSync } from 'node:fs'

export interface ReadEvent {
  wallTime: number
  step: number
  fileVersion?: string
  /** `SessionLog.status`. */
  session?: number
  values: Record<string, number>
}

/** CRC-32C (Castagnoli), reflected, polynomial 0x1edc6f41. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  }
  return ~crc >>> 0
}

/** All events of a file. @throws Error where a checksum is wrong or the file ends within a record */
export function readEvents(file: string): ReadEvent[] {
  const bytes = readFileSync(file)
  const events: ReadEvent[] = []
  for (let at = 0; at < bytes.length;) {
    const length = Number(bytes.readBigUInt64LE(at))
    check(bytes.subarray(at, at + 8), bytes.readUInt32LE(at + 8))
    const message = bytes.subarray(at + 12, at + 12 + length)
    check(message, bytes.readUInt32LE(at + 12 + length))
    events.push(eventOf(message))
    at += 16 + length
  }
  return events
}

function check(bytes: Uint8Array, masked: number): void {
  const rotated = (masked - 0xa282ead8) >>> 0
  const crc = ((rotated >>> 17) | (rotated << 15)) >>> 0
  if (crc !== crc32c(bytes)) throw new Error(`Checksum ${crc} is not that of the data`)
}

function eventOf(message: Buffer): ReadEvent {
  const event: ReadEvent = { wallTime: NaN, step: 0, values: {} }
  for (const { field, number, bytes } of fieldsOf(message)) {
    if (field === 1) event.wallTime = bytes.readDoubleLE()
    if (field === 2) event.step = number
    if (field === 3) event.fileVersion = bytes.toString()
    if (field === 5) for (const value of fieldsOf(bytes)) addValue(event.values, value.bytes)
    if (field === 7) event.session = [...fieldsOf(bytes)].find((own) => own.field === 1)?.number
  }
  return event
}

function addValue(values: Record<string, number>, message: Buffer): void {
  const fields = [...fieldsOf(message)]
  const tag = fields.find(({ field }) => field === 1)!.bytes.toString()
  values[tag] = fields.find(({ field }) => field === 2)!.bytes.readFloatLE()
}

interface Field {
  field: number
  number: number
  bytes: Buffer
}

function* fieldsOf(message: Buffer): Generator<Field> {
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at++]
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }
  while (at < message.length) {
    const key = varint()
    const wire = key & 7
    const number = wire === 0 ? varint() : 0
    const size = wire === 1 ? 8 : wire === 5 ? 4 : wire === 2 ? varint() : 0
    yield { field: key >> 3, number, bytes: message.subarray(at, at + size) }
    at += size
  }
}
