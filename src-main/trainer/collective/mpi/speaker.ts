/**
 * Entry of the thread that speaks MPI: it takes commands from the main thread, keeps all calls going
 * and sends signs of life. It never returns to its event loop.
 */
import { writeSync } from 'node:fs'
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads'
import { MissingMpiError } from '../collective.ts'
import { Channel, type MemoryNote } from './channel.ts'
import { Communicator } from './communicator.ts'
import { Heartbeats } from './heartbeats.ts'
import { addressOf, loadMpi, THREAD_FUNNELED } from './library.ts'
import { Liveness } from './liveness.ts'
import { begin } from './operations.ts'
import { RoundedSums } from './rounded-sum.ts'
import type { Operation } from './single-call.ts'

/** What the main thread hands over. */
export interface SpeakerData {
  channel: SharedArrayBuffer
  /** Brings memory and takes what there is to say. */
  port: MessagePort
  /** The process that started this one; without it nobody waits for this one any more. */
  parent: number
}

/** What the main thread hears first. */
export type SpeakerNote = { type: 'ready'; rank: number; size: number } | FailureNote
export interface FailureNote {
  type: 'failed'
  message: string
  /** There is no Open MPI. */
  missing: boolean
}

/** Time that the main thread has to end the process after a failure, in ms. */
const LAST_WORDS = 5000
/** Times in a row that nothing happens before the thread sleeps between two looks: */
const SPINS = {
  /** while the main thread waits for it, some 0.3 ms; */
  waiting: 300,
  /** while that one computes and may need the core. */
  computing: 20,
}
/** Shortest and longest sleep between two looks, in ms. */
const NAP = 0.02
const SLEEP = 0.5
/** A sleep takes this part of the time that it has waited, so that it is late by no more. */
const LATE = 0.02
/** A look at one call of MPI takes less where nothing has come, in ms. */
const LOOK = 0.004
/** Longest sleep while there is nothing to do, in ms. */
const IDLE = 100
/** Time between two looks at signs of life, in ms. */
const LISTEN_EVERY = 100

class Speaker {
  private readonly data: SpeakerData
  private readonly channel: Channel
  private readonly memories = new Map<number, SharedArrayBuffer>()
  private readonly pending = new Map<number, Operation>()
  private taken = 0
  private closing = 0
  private readonly communicator: Communicator
  private readonly heartbeats: Heartbeats
  private readonly rounded = new RoundedSums()
  private readonly liveness: Liveness
  private listenedAt = 0
  /** Looks since something has moved, and when that was. */
  private quiet = 0
  private movedAt = 0
  private readonly mpi = loadMpi()

  constructor(data: SpeakerData) {
    this.data = data
    this.channel = new Channel(data.channel)
    this.liveness = new Liveness(this.channel)
    const provided = new Int32Array(new SharedArrayBuffer(4))
    const code = this.mpi.call.MPI_Init_thread(0, 0, THREAD_FUNNELED, addressOf(provided))
    if (code !== 0) throw new Error(`MPI_Init_thread failed with Open MPI's error ${code}.`)
    this.communicator = new Communicator(this.mpi)
    this.heartbeats = new Heartbeats(this.mpi, this.communicator)
  }

  /** Until the main thread closes. */
  speak(): void {
    const { rank, size } = this.communicator
    parentPort?.postMessage({ type: 'ready', rank, size } satisfies SpeakerNote)
    for (;;) {
      const hasNews = this.takeCommands()
      const before = performance.now()
      const hasMoved = this.advance() || performance.now() - before > this.idleLook
      this.listen()
      if (this.closing > 0 && this.channel.isDone(this.closing)) return this.end()
      this.quiet = hasNews || hasMoved ? 0 : this.quiet + 1
      if (this.quiet === 0) this.movedAt = performance.now()
      this.rest()
    }
  }

  /** A look that takes longer has moved a part of something large: ms. */
  private get idleLook(): number {
    return LOOK * (1 + this.pending.size)
  }

  private takeCommands(): boolean {
    const { posted } = this.channel
    if (posted === this.taken) return false
    while (this.taken < posted) {
      const command = this.channel.read(++this.taken)
      const operation = begin(this.communicator, this.rounded, command, this.memory(command.memory))
      this.pending.set(command.ticket, operation)
      if (command.action === 'close') this.closing = command.ticket
    }
    return true
  }

  private memory(number: number): SharedArrayBuffer {
    while (!this.memories.has(number)) {
      const received: unknown = receiveMessageOnPort(this.data.port)?.message
      if (!received) throw new Error(`Memory ${number} is not known.`)
      const { memory, buffer } = received as MemoryNote
      this.memories.set(memory, buffer)
    }
    return this.memories.get(number)!
  }

  private advance(): boolean {
    let hasMoved = false
    for (const [ticket, operation] of this.pending) {
      if (!operation.advance()) continue
      this.pending.delete(ticket)
      // The last word comes when MPI is left.
      this.channel.finish(ticket)
      hasMoved = true
    }
    return hasMoved
  }

  private listen(): void {
    const now = performance.now()
    if (now - this.listenedAt < LISTEN_EVERY) return
    this.listenedAt = now
    const lost = this.heartbeats.beat(() => this.liveness.check())
    if (lost !== null) throw new Error(lost)
    if (process.ppid !== this.data.parent) throw new Error('The process that started it is gone.')
  }

  /** Ranks may share a core with the threads that compute, so that waiting must cost little. */
  private rest(): void {
    if (this.pending.size === 0) return this.channel.awaitCommand(this.taken, IDLE)
    const { waiting, computing } = SPINS
    if (this.quiet < (this.channel.isWaiting ? waiting : computing)) return
    const waited = performance.now() - this.movedAt
    this.channel.awaitCommand(this.taken, Math.min(SLEEP, Math.max(NAP, LATE * waited)))
  }

  private end(): void {
    this.heartbeats.end()
    this.mpi.call.MPI_Finalize()
  }
}

const data = workerData as SpeakerData
try {
  speakUntilClosed()
} finally {
  data.port.close()
}

function speakUntilClosed(): void {
  let speaker: Speaker
  try {
    speaker = new Speaker(data)
  } catch (error) {
    parentPort?.postMessage(failure(error))
    return
  }
  try {
    speaker.speak()
  } catch (error) {
    fail(failure(error))
  }
}

function failure(error: unknown): FailureNote {
  const message = error instanceof Error ? error.message : String(error)
  return { type: 'failed', message, missing: error instanceof MissingMpiError }
}

/** Tells the main thread, which may wait or compute; a process that does not end then is ended. */
function fail(note: FailureNote): void {
  const channel = new Channel(data.channel)
  data.port.postMessage(note)
  channel.fail()
  channel.awaitCommand(channel.posted, LAST_WORDS)
  writeSync(2, `${note.message}\n`)
  process.kill(process.pid, 'SIGKILL')
}
