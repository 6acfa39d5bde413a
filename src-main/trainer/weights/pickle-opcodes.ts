import {
  damaged,
  decimal,
  longInteger,
  Named,
  Unpickler,
  type Pickled,
  type PickleHandlers,
} from './pickle.ts'

/**
 * Reads a pickle (protocols 0 to 5) without running any of it: the opcodes that build values, with
 * named functions left to `handlers`.
 * @throws WeightsError for everything else
 */
export function readPickle(bytes: Buffer, handlers: PickleHandlers): Pickled {
  return new Unpickler(bytes, handlers).run(opcodes)
}

/** Numbers of protocol 0, where 00 and 01 are False and True. */
function integer(text: string): number | boolean {
  return text === '00' ? false : text === '01' ? true : decimal(text)
}

/** A Python string in quotes; escapes other than those of the quotes are left as they are. */
function quoted(text: string): string {
  const body = /^(["'])(.*)\1$/s.exec(text)?.[2]
  if (body === undefined) throw damaged()
  return body.replaceAll(/\\(["'\\])/g, '$1')
}

/** A length of 8 bytes. */
function longLength(machine: Unpickler): number {
  return Number(machine.take(8).readBigUInt64LE())
}

/** Pairs on the stack become a dictionary. */
function dictionary(machine: Unpickler): void {
  const items = machine.popToMark()
  machine.push(new Map())
  machine.setItems(items)
}

type Step = (machine: Unpickler) => void

/** Opcodes with their arguments in text, of protocol 0. */
const textSteps: Record<string, Step> = {
  I: (m) => m.push(integer(m.line())), // INT
  L: (m) => m.push(decimal(m.line())), // LONG
  F: (m) => m.push(decimal(m.line())), // FLOAT
  S: (m) => m.push(quoted(m.line())), // STRING
  V: (m) => m.push(m.line()), // UNICODE
  P: (m) => m.persistent(m.line()), // PERSID
  p: (m) => m.remember(decimal(m.line())), // PUT
  g: (m) => m.recall(decimal(m.line())), // GET
  c: (m) => m.push(new Named(`${m.line()}.${m.line()}`)), // GLOBAL
  d: dictionary, // DICT
  l: (m) => m.push(m.popToMark()), // LIST
  i: (m) => {
    const args = m.popToMark()
    m.callWith(new Named(`${m.line()}.${m.line()}`), args)
  }, // INST
  o: (m) => {
    const [callee = null, ...args] = m.popToMark()
    m.callWith(callee, args)
  }, // OBJ
  '0': (m) => void m.pop(), // POP
  '1': (m) => void m.popToMark(), // POP_MARK
  '2': (m) => m.push(m.top()), // DUP
}

const binarySteps: Record<number, Step> = {
  0x80: (m) => void m.take(1), // PROTO
  0x95: (m) => void m.take(8), // FRAME
  0x28: (m) => m.mark(), // MARK
  0x7d: (m) => m.push(new Map()), // EMPTY_DICT
  0x5d: (m) => m.push([]), // EMPTY_LIST
  0x29: (m) => m.push([]), // EMPTY_TUPLE
  0x8f: (m) => m.push([]), // EMPTY_SET
  0x74: (m) => m.push(m.popToMark()), // TUPLE
  0x91: (m) => m.push(m.popToMark()), // FROZENSET
  0x85: (m) => m.tuple(1),
  0x86: (m) => m.tuple(2),
  0x87: (m) => m.tuple(3),
  0x4e: (m) => m.push(null), // NONE
  0x88: (m) => m.push(true),
  0x89: (m) => m.push(false),
  0x4a: (m) => m.push(m.take(4).readInt32LE()), // BININT
  0x4b: (m) => m.push(m.take(1)[0]), // BININT1
  0x4d: (m) => m.push(m.take(2).readUInt16LE()), // BININT2
  0x8a: (m) => m.push(longInteger(m.take(m.take(1)[0]))), // LONG1
  0x8b: (m) => m.push(longInteger(m.take(m.take(4).readUInt32LE()))), // LONG4
  0x47: (m) => m.push(m.take(8).readDoubleBE()), // BINFLOAT
  0x58: (m) => m.push(m.take(m.take(4).readUInt32LE()).toString()), // BINUNICODE
  0x8c: (m) => m.push(m.take(m.take(1)[0]).toString()), // SHORT_BINUNICODE
  0x8d: (m) => m.push(m.take(longLength(m)).toString()), // BINUNICODE8
  0x54: (m) => m.push(m.take(m.take(4).readUInt32LE()).toString('latin1')), // BINSTRING
  0x55: (m) => m.push(m.take(m.take(1)[0]).toString('latin1')), // SHORT_BINSTRING
  0x43: (m) => m.push(m.take(m.take(1)[0])), // SHORT_BINBYTES
  0x42: (m) => m.push(m.take(m.take(4).readUInt32LE())), // BINBYTES
  0x8e: (m) => m.push(m.take(longLength(m))), // BINBYTES8
  0x96: (m) => m.push(m.take(longLength(m))), // BYTEARRAY8
  0x71: (m) => m.remember(m.take(1)[0]), // BINPUT
  0x72: (m) => m.remember(m.take(4).readUInt32LE()), // LONG_BINPUT
  0x94: (m) => m.memorise(), // MEMOIZE
  0x68: (m) => m.recall(m.take(1)[0]), // BINGET
  0x6a: (m) => m.recall(m.take(4).readUInt32LE()), // LONG_BINGET
  0x93: (m) => {
    const [module, name] = [m.pop(), m.pop()].reverse()
    if (typeof module !== 'string' || typeof name !== 'string') throw damaged()
    m.push(new Named(`${module}.${name}`))
  }, // STACK_GLOBAL
  0x51: (m) => m.persistent(m.pop()), // BINPERSID
  0x52: (m) => m.call(), // REDUCE
  0x81: (m) => m.call(), // NEWOBJ
  0x92: (m) => {
    m.pop()
    m.call()
  }, // NEWOBJ_EX: with keyword arguments, which are not needed
  0x62: (m) => m.build(), // BUILD
  0x73: (m) => {
    const [key, value] = [m.pop(), m.pop()].reverse()
    m.setItems([key, value])
  }, // SETITEM
  0x75: (m) => m.setItems(m.popToMark()), // SETITEMS
  0x61: (m) => m.append([m.pop()]), // APPEND
  0x65: (m) => m.append(m.popToMark()), // APPENDS
  0x90: (m) => m.append(m.popToMark()), // ADDITEMS
}

const opcodes: (Step | undefined)[] = []
for (const [code, step] of Object.entries(binarySteps)) opcodes[Number(code)] = step
for (const [letter, step] of Object.entries(textSteps)) opcodes[letter.charCodeAt(0)] = step
