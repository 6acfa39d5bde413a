import { WeightsError } from './weights-error.ts'

/** What a pickle may be made of here. Dictionaries, ordered or not, are maps; sets are lists. */
export type Pickled =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | Pickled[]
  | Map<Pickled, Pickled>
  | Named
  | Placeholder
  | object

/** A function or class that the pickle names. Nothing of that name is ever looked up or run. */
export class Named {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** Stands for an object of a class that is not known here; it only carries what it was given. */
export class Placeholder {
  readonly name: string
  /** The attributes that the pickle sets, such as a module's parameters. */
  state: Pickled = null
  /** The items of an object that is a dictionary. */
  readonly items = new Map<Pickled, Pickled>()
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

/** Steps of a pickle: a table of weights takes some thirty for each tensor. */
const MOST_STEPS = 4_000_000

/** Bytes of an integer; Python's own are unbounded. */
const LONGEST_INTEGER = 64

/**
 * The machine that a pickle is a program for. It knows stack and memo; what its opcodes do is in
 * `pickle-opcodes.ts`.
 */
export class Unpickler {
  private readonly bytes: Buffer
  private readonly handlers: PickleHandlers
  private readonly stack: Cell[] = []
  private readonly memo = new Map<number, Cell>()
  private at = 0

  constructor(bytes: Buffer, handlers: PickleHandlers) {
    this.bytes = bytes
    this.handlers = handlers
  }

  /** @throws WeightsError where the pickle is damaged or has opcodes that are not known */
  run(opcodes: readonly (((machine: Unpickler) => void) | undefined)[]): Pickled {
    for (let steps = 0; this.at < this.bytes.length; steps++) {
      const code = this.bytes[this.at++]
      if (code === 0x2e) return this.pop()
      const step = opcodes[code]
      if (!step) {
        throw new WeightsError(
          `The file's pickle has the opcode 0x${code.toString(16)}, which tables of weights do not need. Save only the state_dict.`,
        )
      }
      if (steps === MOST_STEPS) {
        throw new WeightsError(
          `The file's pickle has more than ${MOST_STEPS} steps. Save only the state_dict.`,
        )
      }
      step(this)
    }
    throw damaged()
  }

  push(value: Cell): void {
    this.stack.push(value)
  }

  mark(): void {
    this.stack.push(MARK)
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
    if (length > this.bytes.length - this.at) throw damaged()
    this.at += length
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

  tuple(length: number): void {
    this.push(Array.from({ length }, () => this.pop()).reverse())
  }

  /** Calls what lies below its arguments. */
  call(): void {
    const args = this.pop()
    this.callWith(this.pop(), args)
  }

  callWith(callee: Pickled, args: Pickled): void {
    if (!Array.isArray(args)) throw damaged()
    if (callee instanceof Named) this.push(this.handlers.call(callee.name, args))
    else if (callee instanceof Placeholder) this.push(new Placeholder(callee.name))
    else throw damaged()
  }

  persistent(id: Pickled): void {
    this.push(this.handlers.persistent(id))
  }

  setItems(items: Pickled[]): void {
    const target = this.top()
    const map = target instanceof Placeholder ? target.items : target
    if (!(map instanceof Map)) throw damaged()
    for (let i = 0; i + 1 < items.length; i += 2) map.set(items[i], items[i + 1])
  }

  append(items: Pickled[]): void {
    const target = this.top()
    if (target instanceof Placeholder) return
    if (!Array.isArray(target)) throw damaged()
    for (const item of items) target.push(item)
  }

  /** Gives an object its attributes. Those of a table, such as `_metadata`, carry no weights. */
  build(): void {
    const state = this.pop()
    const target = this.top()
    if (target instanceof Placeholder) target.state = state
    else if (target === null || typeof target !== 'object') throw damaged()
  }
}

export function damaged(): WeightsError {
  return new WeightsError("The file's pickle is damaged. Fetch or copy the file again.")
}

/** A little-endian integer, two's complement; exact up to 2^53. @throws WeightsError if too long */
export function longInteger(bytes: Buffer): number {
  if (bytes.length > LONGEST_INTEGER) throw damaged()
  let value = 0n
  for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte)
  return Number(BigInt.asIntN(8 * bytes.length, value))
}

/** A number in decimal. @throws WeightsError where the text is none */
export function decimal(text: string): number {
  const value = Number(text.replace(/L$/, ''))
  if (text === '' || text.length > 4 * LONGEST_INTEGER || Number.isNaN(value)) throw damaged()
  return value
}
