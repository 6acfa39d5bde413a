import { setImmediate as breathe, setTimeout as delay } from 'node:timers/promises'
import type { WebSocket } from 'ws'
import { socketLimits } from './socket-limits.ts'

/** Answers a message; rejects where it cannot be read. */
export type Deliver = (data: string | ArrayBuffer) => Promise<void>

interface Waiting {
  data: string | Uint8Array<ArrayBuffer>
  bytes: number
}

/** Longest message that is parsed only to see whether it is a call. */
const quicklyParsed = 64 << 10
/** Milliseconds between two looks at a client that does not read its answers. */
const readingPause = 20

/**
 * Hands the messages of a client over one at a time with other work between them, so that a flood of
 * them holds nobody else up. Where it sends faster than it may, or does not read its answers, reading
 * stops until it has caught up. What cannot be answered is reported once, and nothing after it is read.
 */
export class Incoming {
  readonly #client: WebSocket
  readonly #deliver: Deliver
  readonly #onRefused: (reason: string) => void
  #queue: Waiting[] = []
  #waiting = 0
  #working = false
  #isRefused = false
  /** Bytes that may still be taken in the running second. */
  #allowance: number = socketLimits.bytesASecond
  #refilled = performance.now()

  constructor(client: WebSocket, deliver: Deliver, onRefused: (reason: string) => void) {
    this.#client = client
    this.#deliver = deliver
    this.#onRefused = onRefused
    client.on('message', (data, isBinary) => this.#take(bytesOf(data), isBinary))
  }

  #take(bytes: Uint8Array<ArrayBuffer>, isBinary: boolean): void {
    const data = isBinary ? bytes : Buffer.from(bytes).toString('utf8')
    this.#queue.push({ data, bytes: bytes.byteLength })
    this.#waiting += bytes.byteLength
    if (this.#waiting > socketLimits.waiting) this.#client.pause()
    if (!this.#working) void this.#work()
  }

  async #work(): Promise<void> {
    this.#working = true
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      this.#waiting -= next.bytes
      await this.#withinRate(next.bytes)
      await this.#answersLeave()
      if (this.#client.readyState !== this.#client.OPEN) break
      this.#hand(next.data)
      await breathe()
      if (this.#client.isPaused && this.#waiting < socketLimits.waiting / 2) this.#client.resume()
    }
    this.#working = false
  }

  #hand(data: string | Uint8Array<ArrayBuffer>): void {
    if (this.#isRefused) return
    if (!isCall(data)) return this.#refuse('it is not a call')
    const own = typeof data === 'string' ? data : bufferOf(data)
    this.#deliver(own).catch((error: unknown) => {
      this.#refuse(error instanceof Error ? error.message : String(error))
    })
  }

  #refuse(reason: string): void {
    if (this.#isRefused) return
    this.#isRefused = true
    // One line, however much of the message a parser quotes.
    this.#onRefused(reason.replaceAll(/\s+/g, ' ').slice(0, 200))
  }

  async #withinRate(bytes: number): Promise<void> {
    const now = performance.now()
    const gained = ((now - this.#refilled) / 1000) * socketLimits.bytesASecond
    this.#allowance = Math.min(socketLimits.bytesASecond, this.#allowance + gained) - bytes
    this.#refilled = now
    if (this.#allowance < 0) await delay((-this.#allowance / socketLimits.bytesASecond) * 1000)
  }

  async #answersLeave(): Promise<void> {
    while (this.#isOpen() && this.#client.bufferedAmount > socketLimits.leaving)
      await delay(readingPause)
  }

  #isOpen(): boolean {
    return this.#client.readyState === this.#client.OPEN
  }
}

function bytesOf(data: Buffer | ArrayBuffer | Buffer[]): Uint8Array<ArrayBuffer> {
  if (Array.isArray(data)) return Buffer.concat(data)
  return data instanceof ArrayBuffer ? new Uint8Array(data) : (data as Buffer<ArrayBuffer>)
}

/** The bytes without what lies around them in a buffer of the socket's. */
function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): ArrayBuffer {
  return byteLength === buffer.byteLength
    ? buffer
    : buffer.slice(byteOffset, byteOffset + byteLength)
}

/**
 * Whether a message has the form of oRPC's: an id, and the address of a procedure or a sign that a
 * call or stream is to end. Of a long one only the beginning is looked at.
 */
export function isCall(data: string | Uint8Array): boolean {
  if (typeof data === 'string' && data.length > quicklyParsed) return data.startsWith('{"i":')
  const end = typeof data === 'string' ? -1 : data.indexOf(0xff)
  if (typeof data !== 'string' && (end < 0 ? data.length : end) > quicklyParsed) return false
  const text =
    typeof data === 'string'
      ? data
      : new TextDecoder().decode(end < 0 ? data : data.subarray(0, end))
  try {
    return hasForm(JSON.parse(text))
  } catch {
    return false
  }
}

function hasForm(message: unknown): boolean {
  if (typeof message !== 'object' || message === null) return false
  const { i, t = 1, p } = message as { i?: unknown; t?: unknown; p?: unknown }
  if (typeof i !== 'string' && typeof i !== 'number') return false
  if (t === 4) return true
  if (typeof p !== 'object' || p === null) return false
  if (t === 3) return true
  const { u } = p as { u?: unknown }
  return t === 1 && typeof u === 'string' && (u.startsWith('/') || URL.canParse(u))
}
