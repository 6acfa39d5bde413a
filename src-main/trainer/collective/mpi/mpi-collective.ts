import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads'
import { setTimeout as delay } from 'node:timers/promises'
import { entryPath } from '../../../base/processes/entry-path.ts'
import {
  CollectiveError,
  MissingMpiError,
  type Collective,
  type PendingSum,
} from '../collective.ts'
import { Channel, RING, type Action, type MemoryNote } from './channel.ts'
import { LOST_AFTER, MEET_WITHIN } from './patience.ts'
import type { FailureNote, SpeakerData, SpeakerNote } from './speaker.ts'

/** How gradients travel. */
export type Wire = 'float32' | 'bfloat16'

const LATE = Symbol('late')
/** Time between two signs of life of the main thread, in ms. */
const TICK_EVERY = 500
/** Bytes of one broadcast: MPI counts with 32 bits. */
const PIECE = 2 ** 30

/**
 * The processes that `mpirun` has started. MPI is spoken by one thread, so that sums go on while this
 * one computes; this one can wait for it without its event loop, as TensorFlow's calls ask for.
 */
export class MpiCollective implements Collective {
  readonly rank: number
  readonly size: number
  /** How the sums of `startSum` travel. */
  wire: Wire = 'float32'
  private readonly channel: Channel
  private readonly port: MessagePort
  private readonly worker: Worker
  private readonly pulse: NodeJS.Timeout
  private ticket = 0
  private oldest = 1
  private memories = 0
  private readonly numbers = new WeakMap<SharedArrayBuffer, number>()
  private staging = new SharedArrayBuffer(0)
  private failure = 'The other ranks are gone.'

  private constructor(parts: Parts, rank: number, size: number) {
    this.rank = rank
    this.size = size
    this.channel = parts.channel
    this.port = parts.port
    this.worker = parts.worker
    this.pulse = setInterval(() => this.channel.tick(), TICK_EVERY)
    this.pulse.unref()
  }

  /**
   * Joins the others; resolves when all are there.
   * @param within time that they have for it, in ms
   * @throws CollectiveError when Open MPI is missing or a rank does not come
   */
  static async open(within = MEET_WITHIN): Promise<MpiCollective> {
    // Open MPI reads this when it begins. The speaking thread sleeps by itself where ranks share a
    // core; a yield at every look would cost it a turn of some 3 ms each time.
    process.env.OMPI_MCA_mpi_yield_when_idle ??= '0'
    const channel = new Channel()
    const { port1: port, port2 } = new MessageChannel()
    const data: SpeakerData = { channel: channel.memory, port: port2, parent: process.ppid }
    const worker = new Worker(entryPath('mpi-speaker'), { workerData: data, transferList: [port2] })
    const { rank, size } = await greeting(worker, within)
    return new MpiCollective({ channel, port, worker }, rank, size)
  }

  sum(values: Float32Array): void {
    const staged = new Float32Array(this.stage(4 * values.length), 0, values.length)
    staged.set(values)
    this.finish(this.post('sum', staged.buffer, 0, values.length))
    values.set(staged)
  }

  gather(values: Float32Array): Float32Array {
    const { length } = values
    const memory = this.stage(4 * length * (1 + this.size))
    new Float32Array(memory, 0, length).set(values)
    this.finish(this.post('gather', memory, 0, length))
    return new Float32Array(memory, 4 * length, length * this.size).slice()
  }

  allocate(length: number): Float32Array<SharedArrayBuffer> {
    return new Float32Array(new SharedArrayBuffer(4 * length))
  }

  startSum(values: Float32Array<SharedArrayBuffer>): PendingSum {
    const action = this.wire === 'bfloat16' ? 'sumRounded' : 'sum'
    const { buffer, byteOffset, length } = values
    const ticket = this.post(action, buffer, byteOffset / 4, length)
    return { wait: () => this.finish(ticket) }
  }

  broadcast(bytes: Uint8Array): Uint8Array {
    const length = new Float64Array([bytes.length])
    const [total] = new Float64Array(this.send(new Uint8Array(length.buffer)).buffer)
    const all = this.rank === 0 ? bytes : new Uint8Array(total)
    for (let at = 0; at < total; at += PIECE) {
      const piece = all.subarray(at, Math.min(total, at + PIECE))
      piece.set(this.send(piece))
    }
    return all
  }

  /** As many bytes as there are, which all ranks know. */
  private send(bytes: Uint8Array): Uint8Array {
    const memory = this.stage(bytes.length)
    new Uint8Array(memory).set(bytes)
    this.finish(this.post('broadcast', memory, 0, bytes.length))
    return new Uint8Array(memory, 0, bytes.length).slice()
  }

  async close(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.worker.once('exit', () => resolve()))
    this.worker.ref()
    this.finish(this.post('close', this.stage(4), 0, 0))
    clearInterval(this.pulse)
    // All is done; a rank that is lost now must not keep this one.
    const waited = await Promise.race([ended, delay(LOST_AFTER, LATE, { ref: false })])
    if (waited === LATE) endHard()
  }

  private post(action: Action, memory: SharedArrayBuffer, offset: number, length: number): number {
    this.refuseAfterFailure()
    const ticket = ++this.ticket
    // A place in the ring is used again when what used it is done.
    while (this.oldest <= ticket - RING) this.finish(this.oldest++)
    this.channel.tick()
    this.channel.post({ ticket, action, memory: this.numberOf(memory), offset, length })
    return ticket
  }

  private numberOf(buffer: SharedArrayBuffer): number {
    const known = this.numbers.get(buffer)
    if (known !== undefined) return known
    const memory = ++this.memories
    this.numbers.set(buffer, memory)
    this.port.postMessage({ memory, buffer } satisfies MemoryNote)
    return memory
  }

  private finish(ticket: number): void {
    if (!this.channel.isDone(ticket)) this.channel.awaitDone(ticket)
    if (!this.channel.isDone(ticket)) this.refuseAfterFailure()
  }

  private refuseAfterFailure(): void {
    if (!this.channel.hasFailed) return
    const received: unknown = receiveMessageOnPort(this.port)?.message
    if (received) this.failure = (received as FailureNote).message
    throw new CollectiveError(this.failure)
  }

  private stage(bytes: number): SharedArrayBuffer {
    if (this.staging.byteLength < bytes) {
      this.staging = new SharedArrayBuffer(2 ** Math.ceil(Math.log2(Math.max(4096, bytes))))
    }
    return this.staging
  }
}

interface Parts {
  channel: Channel
  port: MessagePort
  worker: Worker
}

/** What the speaking thread says when it has met the others. */
async function greeting(
  worker: Worker,
  within: number,
): Promise<Extract<SpeakerNote, { type: 'ready' }>> {
  const { promise, resolve, reject } = Promise.withResolvers<SpeakerNote>()
  worker.once('message', resolve)
  worker.once('error', reject)
  const tooLate = (): void => {
    endHard()
    reject(new CollectiveError(late(within)))
  }
  const timer = setTimeout(tooLate, within)
  try {
    const note = await promise
    if (note.type === 'ready') return note
    throw new (note.missing ? MissingMpiError : CollectiveError)(note.message)
  } finally {
    clearTimeout(timer)
    worker.removeAllListeners()
    worker.unref()
  }
}

function late(within: number): string {
  return (
    `Not all ranks were there after ${within / 1000} s. One of them has not started, stands still or ` +
    'cannot be reached: look at the output of mpirun.'
  )
}

/** A thread that waits in MPI cannot be ended, and the process would wait for it when it exits. */
function endHard(): void {
  process.on('exit', () => process.kill(process.pid, 'SIGKILL'))
}
