/**
 * What the main thread and the thread that speaks MPI share. The main thread writes a command into a
 * ring and rings the bell; the other one marks the command when it is done. Both can wait.
 */

/** Commands under way at once. */
export const RING = 1024
/** Words of a command: what to do, number of the memory, first element in it, elements. */
const WORDS = 4

export const ACTIONS = ['sum', 'sumRounded', 'gather', 'broadcast', 'close'] as const
export type Action = (typeof ACTIONS)[number]

const BELL = 0
const EVENTS = 1
const FAILED = 2
const TICKS = 3
const WAITING = 4
const CONTROLS = 5

export interface Command {
  ticket: number
  action: Action
  memory: number
  /** In elements: float32, or bytes of a broadcast. */
  offset: number
  length: number
}

/** Memory that the main thread makes known before a command names it. */
export interface MemoryNote {
  memory: number
  buffer: SharedArrayBuffer
}

/** Both threads make one of these over the same memory. */
export class Channel {
  readonly memory: SharedArrayBuffer
  private readonly controls: Int32Array<SharedArrayBuffer>
  private readonly done: Int32Array<SharedArrayBuffer>
  private readonly commands: Int32Array<SharedArrayBuffer>

  constructor(memory = new SharedArrayBuffer(4 * (CONTROLS + RING + RING * WORDS))) {
    this.memory = memory
    this.controls = new Int32Array(memory, 0, CONTROLS)
    this.done = new Int32Array(memory, 4 * CONTROLS, RING)
    this.commands = new Int32Array(memory, 4 * (CONTROLS + RING), RING * WORDS)
  }

  /** Main thread. @param command its ticket counts up from 1 */
  post({ ticket, action, memory, offset, length }: Command): void {
    this.commands.set([ACTIONS.indexOf(action), memory, offset, length], (ticket % RING) * WORDS)
    Atomics.store(this.controls, BELL, ticket)
    Atomics.notify(this.controls, BELL)
  }

  /** Number of the newest command. */
  get posted(): number {
    return Atomics.load(this.controls, BELL)
  }

  read(ticket: number): Command {
    const at = (ticket % RING) * WORDS
    const [action, memory, offset, length] = this.commands.subarray(at, at + WORDS)
    return { ticket, action: ACTIONS[action], memory, offset, length }
  }

  /** Speaking thread: sleeps until there is a command after `known`, at most this many ms. */
  awaitCommand(known: number, milliseconds: number): void {
    Atomics.wait(this.controls, BELL, known, milliseconds)
  }

  finish(ticket: number): void {
    Atomics.store(this.done, ticket % RING, ticket)
    this.wake()
  }

  isDone(ticket: number): boolean {
    return Atomics.load(this.done, ticket % RING) >= ticket
  }

  fail(): void {
    Atomics.store(this.controls, FAILED, 1)
    this.wake()
  }

  get hasFailed(): boolean {
    return Atomics.load(this.controls, FAILED) === 1
  }

  /** Main thread: waits until the command is done or all has failed. */
  awaitDone(ticket: number): void {
    Atomics.store(this.controls, WAITING, 1)
    for (;;) {
      const seen = Atomics.load(this.controls, EVENTS)
      if (this.isDone(ticket) || this.hasFailed) break
      Atomics.wait(this.controls, EVENTS, seen)
    }
    Atomics.store(this.controls, WAITING, 0)
    this.tick()
  }

  /** Main thread: says that it is alive. */
  tick(): void {
    Atomics.add(this.controls, TICKS, 1)
  }

  get ticks(): number {
    return Atomics.load(this.controls, TICKS)
  }

  /** Whether the main thread waits for the others. */
  get isWaiting(): boolean {
    return Atomics.load(this.controls, WAITING) === 1
  }

  private wake(): void {
    Atomics.add(this.controls, EVENTS, 1)
    Atomics.notify(this.controls, EVENTS)
  }
}
