import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { nodeBinary } from '../../base/processes/node-binary.ts'
import type { FromTrainer, ToTrainer, TrainerJob } from '../../trainer/process/messages.ts'
import { Patience } from './hang-detector.ts'
import { trainerEnvironment } from '../../base/processes/trainer-environment.ts'
import { startOf, type Workers } from './workers.ts'

type Final = Extract<FromTrainer, { type: 'done' | 'stopped' | 'failed' }>
/** What a trainer says before its last word. */
export type TrainerNews = Exclude<FromTrainer, Final | { type: 'ready' }>

/** How a trainer ended. `killed` is a stop that it did not answer in time. */
export type Outcome =
  { type: 'done' } | { type: 'stopped' } | { type: 'killed' } | { type: 'failed'; message: string }

export interface TrainerOptions {
  /** Absolute path of the trainer's program. */
  entry: string
  /** More processes than one, for a pretraining; null for one. */
  workers?: Workers | null
  job: TrainerJob
  /** Absolute path of the file that its output is appended to; the folder exists. */
  log: string
  /** Time that it may stand still after a stop before it is killed, in ms. */
  stopGrace: number
  onNews: (news: TrainerNews) => void
}

/** Characters of the error output that a failure quotes. */
const TAIL = 2000
/** Time to leave after the last word, in ms. */
const LEAVE_WITHIN = 10_000
/** Time between two looks at one that is to stop, in ms. */
const LOOK_EVERY = 1000

/** One trainer child: a plain Node process in a process group of its own. */
export class TrainerProcess {
  /** Resolves when the process is gone; never rejects. */
  readonly finished: Promise<Outcome>
  private readonly options: TrainerOptions
  private readonly child: ChildProcess
  private readonly log: WriteStream
  private readonly timers: NodeJS.Timeout[] = []
  private last: Final | null = null
  private tail = ''
  private stopping = false
  private leader: number | null = null
  private gone = false

  constructor(options: TrainerOptions) {
    this.options = options
    this.log = createWriteStream(options.log, { flags: 'a' })
    // A full disk must not take the host down with its log.
    this.log.on('error', () => undefined)
    const { program, args } = startOf(options.entry, options.workers ?? null)
    this.child = fork(program, args, {
      execPath: nodeBinary(),
      execArgv: [],
      serialization: 'advanced',
      env: trainerEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Ctrl-C in a terminal goes to the host alone, which then asks for a checkpoint.
      detached: process.platform !== 'win32',
    })
    this.child.stdout?.on('data', (chunk: Buffer) => this.log.write(chunk))
    this.child.stderr?.on('data', (chunk: Buffer) => this.keep(chunk))
    this.child.on('message', (message) => this.hear(message as FromTrainer))
    this.finished = this.outcome()
  }

  /** Undefined when the process could not be started. */
  get pid(): number | undefined {
    return this.child.pid
  }

  /**
   * Asks for a checkpoint and a clean exit; kills it once it stands still for the grace. One that is
   * gone already is left alone: the caller may not have heard of its end yet.
   */
  stop(): void {
    if (this.stopping || this.gone) return
    this.stopping = true
    this.send({ type: 'stop' })
    // A starter works little: whether its rank 0 works says whether it goes on.
    const pid = this.leader ?? this.pid
    if (pid === undefined) return
    const { stopGrace } = this.options
    const patience = new Patience(pid, stopGrace)
    const look = (): void => (patience.isOver ? this.kill() : undefined)
    this.timers.push(setInterval(look, Math.min(LOOK_EVERY, stopGrace)))
  }

  /** Ends it at once, whatever it is at: for work of which nothing is kept. */
  abort(): void {
    this.stopping = true
    if (!this.gone) this.kill()
  }

  private hear(message: FromTrainer): void {
    switch (message.type) {
      case 'ready':
        this.send(this.stopping ? { type: 'stop' } : { type: 'start', job: this.options.job })
        return
      case 'done':
      case 'stopped':
      case 'failed':
        this.last = message
        this.killIn(LEAVE_WITHIN)
        return
      case 'leader':
        this.leader = message.pid
        break
      case 'warning':
      case 'restarted':
        this.log.write(`warning: ${message.message}\n`)
        break
      default:
    }
    this.options.onNews(message)
  }

  private send(message: ToTrainer): void {
    // The channel may close at any moment; the exit then says what happened.
    if (this.child.connected) this.child.send(message, () => undefined)
  }

  private keep(chunk: Buffer): void {
    this.log.write(chunk)
    this.tail = (this.tail + chunk.toString()).slice(-TAIL)
  }

  private killIn(milliseconds: number): void {
    this.timers.push(setTimeout(() => this.kill(), milliseconds))
  }

  private kill(): void {
    const { pid } = this.child
    if (pid === undefined) return
    try {
      process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
    } catch {
      // It has just gone by itself.
    }
  }

  private async outcome(): Promise<Outcome> {
    try {
      const closed = once(this.child, 'close').catch(() => undefined)
      const [code, signal] = (await once(this.child, 'exit')) as [number | null, string | null]
      // Its last lines may still be in the pipe; a grandchild may hold the pipe open.
      await Promise.race([closed, delay(1000)])
      return this.judge(signal ? `signal ${signal}` : `exit code ${code}`, signal)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return { type: 'failed', message: `The trainer could not be started: ${reason}.` }
    } finally {
      this.gone = true
      for (const timer of this.timers) clearTimeout(timer)
      this.log.end()
    }
  }

  private judge(end: string, signal: string | null): Outcome {
    if (this.last) return this.last
    if (this.stopping) return signal === 'SIGKILL' ? { type: 'killed' } : { type: 'stopped' }
    const hint =
      signal === 'SIGKILL'
        ? ' The machine may have run out of memory: lower the batch, the crop size or the loader threads.'
        : ''
    const words = this.tail.trim()
    const quote = words ? ` Its last output:\n${words}` : ''
    const message = `The trainer ended before it was done (${end}).${hint} Log: ${this.options.log}.${quote}`
    return { type: 'failed', message }
  }
}
