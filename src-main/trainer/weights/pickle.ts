import { WeightsError } from './weights-error.ts'

/** What a pickle may be made of here. Dictionaries, ordered or not, are maps. */
export type Pickled =
  null | boolean | number | string | Uint8Array | Pickled[] | Map<Pickled, Pickled> | Named | object

/** A function or class that the pickle names. Nothing of that name is ever looked up or run. */
export class Named {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

export interface PickleHandlers {
  /** What a call of a named function with these arguments stands for. @throws WeightsError */
  call(name: string, args: Pickled[]): Pickled
  /** What a persistent id stands for. @throws WeightsError */
  persistent(id: Pickled): Pickled
}

/** Marks a place on the stack. */
const MARK = Symbol('mark')
type Cell = Pickled | typeof MARK

/**
 * Reads a pickle (protocols 2 to 5) without running any of it: the few opcodes that tables of
 * weights need, with named functions left to `handlers`.
 * @throws WeightsError for everything else
 */
export function readPickle(bytes: Buffer, handlers: PickleHandlers): Pickled {
  return new Unpickler(bytes, handlers).run()
}

class Unpickler {
  private readonly bytes: Buffer
  private readonly handlers: PickleHandlers
  private readonly stack: Cell[] = []
  private readonly memo = new Map<number, Cell>()
  private at = 0

  constructor(bytes: Buffer, handlers: PickleHandlers) {
    this.bytes = bytes
    this.handlers = handlers
  }

  run(): Pickled {
    while (this.at < this.bytes.length) {
      const code = this.bytes[this.at++]
      if (code === 0x2e) return this.pop()
      const step = opcodes[code]
      if (!step) {
        throw new WeightsError(
          `The file's pickle has the opcode 0x${code.toString(16)}, which tables of weights do not need. Save the state_dict alone.`,
        )
      }
      step(this)
    }
    throw damaged()
  }

  push(value: Cell): void {
    this.stack.push(value)
  }

  pop(): Pickled {
    const value = this.stack.pop()
    if (value === undefined || value === MARK) throw damaged()
    return value
  }

  top(): Pickled {
    const value = this.stack.at(-1)
    if (value === undefined || value === MARK) throw damaged()
    return value
  }

  popToMark(): Pickled[] {
    const mark = this.stack.lastIndexOf(MARK)
    if (mark < 0) throw damaged()
    const values = this.stack.splice(mark).slice(1)
    return values as Pickled[]
  }

  take(length: number): Buffer {
    this.at += length
    if (this.at > this.bytes.length) throw damaged()
    return this.bytes.subarray(this.at - length, this.at)
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at)
    if (end < 0) throw damaged()
    const text = this.bytes.toString('utf8', this.at, end)
    this.at = end + 1
    return text
  }

  remember(key: number): void {
    this.memo.set(key, this.top())
  }

  memorise(): void {
    this.remember(this.memo.size)
  }

  recall(key: number): void {
    const value = this.memo.get(key)
    if (value === undefined) throw damaged()
    this.push(value)
  }

  call(): void {
    const args = this.pop()
    const callee = this.pop()
    if (!(callee instanceof Named) || !Array.isArray(args)) throw damaged()
    this.push(this.handlers.call(callee.name, args))
  }

  persistent(): void {
    this.push(this.handlers.persistent(this.pop()))
  }

  setItems(items: Pickled[]): void {
    const map = this.top()
    if (!(map instanceof Map)) throw damaged()
    for (let i = 0; i + 1 < items.length; i += 2) map.set(items[i], items[i + 1])
  }

  append(items: Pickled[]): void {
    const list = this.top()
    if (!Array.isArray(list)) throw damaged()
    list.push(...items)
  }

  /** Attributes, such as a state_dict's `_metadata`, carry no weights. */
  dropAttributes(): void {
    this.pop()
    if (!(this.top() instanceof Map)) throw damaged()
  }
}

function damaged(): WeightsError {
  return new WeightsError("The file's pickle is damaged. Fetch or copy the file again.")
}

function tuple(machine: Unpickler, length: number): void {
  const items = Array.from({ length }, () => machine.pop()).reverse()
  machine.push(items)
}

/** A little-endian integer of any length, two's complement; exact up to 2^53. */
function longInteger(bytes: Buffer): number {
  let value = 0n
  for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte)
  return Number(BigInt.asIntN(8 * bytes.length, value))
}

const opcodes: Record<number, (machine: Unpickler) => void> = {
  0x80: (m) => m.take(1), // PROTO
  0x95: (m) => m.take(8), // FRAME
  0x28: (m) => m.push(MARK),
  0x7d: (m) => m.push(new Map()), // EMPTY_DICT
  0x5d: (m) => m.push([]), // EMPTY_LIST
  0x29: (m) => m.push([]), // EMPTY_TUPLE
  0x74: (m) => m.push(m.popToMark()), // TUPLE
  0x85: (m) => tuple(m, 1),
  0x86: (m) => tuple(m, 2),
  0x87: (m) => tuple(m, 3),
  0x4e: (m) => m.push(null), // NONE
  0x88: (m) => m.push(true),
  0x89: (m) => m.push(false),
  0x4a: (m) => m.push(m.take(4).readInt32LE()), // BININT
  0x4b: (m) => m.push(m.take(1)[0]), // BININT1
  0x4d: (m) => m.push(m.take(2).readUInt16LE()), // BININT2
  0x8a: (m) => m.push(longInteger(m.take(m.take(1)[0]))), // LONG1
  0x47: (m) => m.push(m.take(8).readDoubleBE()), // BINFLOAT
  0x58: (m) => m.push(m.take(m.take(4).readUInt32LE()).toString()), // BINUNICODE
  0x8c: (m) => m.push(m.take(m.take(1)[0]).toString()), // SHORT_BINUNICODE
  0x55: (m) => m.push(m.take(m.take(1)[0]).toString('latin1')), // SHORT_BINSTRING
  0x43: (m) => m.push(m.take(m.take(1)[0])), // SHORT_BINBYTES
  0x42: (m) => m.push(m.take(m.take(4).readUInt32LE())), // BINBYTES
  0x71: (m) => m.remember(m.take(1)[0]), // BINPUT
  0x72: (m) => m.remember(m.take(4).readUInt32LE()), // LONG_BINPUT
  0x94: (m) => m.memorise(), // MEMOIZE
  0x68: (m) => m.recall(m.take(1)[0]), // BINGET
  0x6a: (m) => m.recall(m.take(4).readUInt32LE()), // LONG_BINGET
  0x63: (m) => m.push(new Named(`${m.line()}.${m.line()}`)), // GLOBAL
  0x93: (m) => {
    const [module, name] = [m.pop(), m.pop()].reverse()
    m.push(new Named(`${String(module)}.${String(name)}`))
  }, // STACK_GLOBAL
  0x51: (m) => m.persistent(), // BINPERSID
  0x52: (m) => m.call(), // REDUCE
  0x81: (m) => m.call(), // NEWOBJ
  0x62: (m) => m.dropAttributes(), // BUILD
  0x73: (m) => {
    const [key, value] = [m.pop(), m.pop()].reverse()
    m.setItems([key, value])
  }, // SETITEM
  0x75: (m) => m.setItems(m.popToMark()), // SETITEMS
  0x61: (m) => m.append([m.pop()]), // APPEND
  0x65: (m) => m.append(m.popToMark()), // APPENDS
}
