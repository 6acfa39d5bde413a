import { MaskError } from './mask.ts'

/** Most bytes of one number: runs are below 2^35. */
const MOST_BYTES = 5

/**
 * Run lengths as bytes: each an unsigned LEB128, 7 bits a byte, the lowest first.
 * @param runs whole numbers from 0, below 2^35
 */
export function packRuns(runs: readonly number[]): Uint8Array {
  const bytes: number[] = []
  for (let run of runs) {
    while (run >= 128) {
      bytes.push(128 + (run % 128))
      run = Math.floor(run / 128)
    }
    bytes.push(run)
  }
  return Uint8Array.from(bytes)
}

/** @throws MaskError when the bytes end within a number, or a number is too long. */
export function unpackRuns(bytes: Uint8Array): number[] {
  const runs: number[] = []
  let run = 0
  let unit = 1
  let count = 0
  for (const byte of bytes) {
    run += (byte % 128) * unit
    unit *= 128
    count++
    if (count > MOST_BYTES) throw damaged(`a number has more than ${MOST_BYTES} bytes`)
    if (byte >= 128) continue
    runs.push(run)
    run = 0
    unit = 1
    count = 0
  }
  if (count > 0) throw damaged('the last number is cut off')
  return runs
}

/** Truth tables: bit `a + 2 b` is what becomes of a pixel with the values a and b. */
const XOR = 0b0110
const OR = 0b1110
const AND_NOT = 0b0010

/**
 * The pixels in which two packed masks differ, as `xorRuns`, without unpacking either: some
 * nanoseconds a run.
 * @param a without runs of nothing after the first, as `packRuns(encodeRuns())` gives them
 * @param b likewise
 * @throws MaskError when they cover different numbers of pixels, or one is damaged
 */
export function xorPacked(a: Uint8Array, b: Uint8Array): Uint8Array {
  return combine(a, b, XOR)
}

/** The pixels that are foreground in one of two masks or in both; parameters as `xorPacked`. */
export function unitePacked(a: Uint8Array, b: Uint8Array): Uint8Array {
  return combine(a, b, OR)
}

/** The pixels of `a` that are not foreground in `b`; parameters as `xorPacked`. */
export function subtractPacked(a: Uint8Array, b: Uint8Array): Uint8Array {
  return combine(a, b, AND_NOT)
}

/** @param table gives 0 where both are 0 */
function combine(a: Uint8Array, b: Uint8Array, table: number): Uint8Array {
  const left = new Edges(a)
  const right = new Edges(b)
  const out = new RunWriter(a.length + b.length)
  let start = 0
  let state = 0
  for (let value = 0; ;) {
    const at = Math.min(left.edge, right.edge)
    if (at === Infinity) break
    const [isLeft, isRight] = [left.edge === at, right.edge === at]
    state ^= Number(isLeft) + 2 * Number(isRight)
    const next = (table >> state) & 1
    if (next !== value) {
      out.push(at - start)
      start = at
      value = next
    }
    if (isLeft) left.advance()
    if (isRight) right.advance()
  }
  if (left.end !== right.end) {
    throw new MaskError(`The masks cover ${left.end} and ${right.end} pixels.`)
  }
  out.push(left.end - start)
  return out.bytes()
}

/** Pixels that a packed mask covers. @throws MaskError when it is damaged */
export function packedLength(bytes: Uint8Array): number {
  const edges = new Edges(bytes)
  while (edges.edge !== Infinity) edges.advance()
  return edges.end
}

/** Has a packed mask no foreground? Of masks as `xorPacked` takes them. */
export function isBlank(bytes: Uint8Array): boolean {
  return bytes.findIndex((byte) => byte < 128) === bytes.length - 1
}

/** Where a packed mask changes its value, one place after the other. */
class Edges {
  /** The next place; Infinity after the last. */
  edge = 0
  /** Pixels passed; after the last place, those of the mask. */
  end = 0
  private readonly bytes: Uint8Array
  private at = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.advance()
  }

  advance(): void {
    const { bytes } = this
    if (this.edge === Infinity) return
    let unit = 1
    for (const first = this.at; ; unit *= 128) {
      if (this.at === bytes.length) throw damaged('the last number is cut off')
      if (this.at - first === MOST_BYTES)
        throw damaged(`a number has more than ${MOST_BYTES} bytes`)
      const byte = bytes[this.at++]
      this.end += (byte & 127) * unit
      if (byte < 128) break
    }
    this.edge = this.at === bytes.length ? Infinity : this.end
  }
}

/** Packed run lengths that grow. */
class RunWriter {
  private buffer: Uint8Array
  private length = 0

  constructor(capacity: number) {
    this.buffer = new Uint8Array(capacity + MOST_BYTES)
  }

  push(run: number): void {
    if (this.length + MOST_BYTES > this.buffer.length) {
      const larger = new Uint8Array(2 * this.buffer.length)
      larger.set(this.buffer)
      this.buffer = larger
    }
    let rest = run
    for (; rest >= 128; rest = Math.floor(rest / 128))
      this.buffer[this.length++] = 128 + (rest % 128)
    this.buffer[this.length++] = rest
  }

  bytes(): Uint8Array {
    return this.buffer.slice(0, this.length)
  }
}

function damaged(reason: string): MaskError {
  return new MaskError(`The stored mask is damaged: ${reason}. Reset it to FAME's mask.`)
}
