import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { messageOf } from '../../base/message-of.ts'
import type { EngineInfo, TrainerJob } from '../../trainer/process/messages.ts'
import { endingOf, now, unwritten } from './ending.ts'
import type { Job, JobChange, JobKind, Pauses } from './job-kind.ts'
import { LiveState } from './live-state.ts'
import { TrainerProcess, type Outcome, type TrainerNews } from '../process/trainer-process.ts'
import type { TrainerPid } from '../process/trainer-pid.ts'
import { workersFor, type Workers } from '../process/workers.ts'
import type { TrainerSlot } from './trainer-slot.ts'
import { hasEnded, watchJob, type JobNews } from './watch.ts'

export interface QueueOptions {
  /** Absolute path of the trainer's program. */
  trainerEntry: string
  /** More processes than one for each job. */
  workers?: Workers
  /** Time that a trainer may stand still after a stop before it is killed, in ms. Default 60,000. */
  stopGrace?: number
}

/** What the queues of a project share. */
export interface Machine {
  slot: TrainerSlot
  pid: TrainerPid
}

/** Time between two tries to write down how a job has ended, in ms. */
const RETRY_EVERY = 1000

/** Takes jobs of one kind through queued, running and ended; the store has their state. */
export class JobQueue<Item extends Job> {
  private readonly kind: JobKind<Item>
  private readonly machine: Machine
  private readonly options: QueueOptions
  private readonly states = new Map<number, LiveState>()
  private current: { id: number; trainer: TrainerProcess } | null = null
  /** What the running trainer has told of itself and its result. */
  private learned: JobChange = {}
  /** Whether its ranks were lost and have started again. */
  private restarted = false
  private readonly closing = new AbortController()
  /** Running jobs that are to pause and not to stop. */
  private readonly pausing: Pauses

  constructor(kind: JobKind<Item>, machine: Machine, options: QueueOptions) {
    this.kind = kind
    this.machine = machine
    this.options = options
    this.pausing = kind.pauses ?? new Set<number>()
    this.recover()
  }

  /** Gives a queued job its turn when the trainer is free. */
  enqueue(id: number): void {
    this.machine.slot.add(
      () => this.run(id),
      () => this.kind.get(id).place,
    )
  }

  /** Gives a job that has ended, or waits, its turn. */
  requeue(id: number): Item {
    this.live(id).restart()
    this.pausing.delete(id)
    const item = this.change(id, { status: 'queued', finishedAt: null, error: null })
    this.enqueue(id)
    return item
  }

  /** Gives every queued job its turn: those of earlier sessions and those cut short. */
  enqueueAll(): void {
    for (const { id } of this.kind.withStatus('queued')) this.enqueue(id)
  }

  /** Tells those who watch a job. */
  warn(id: number, message: string): void {
    this.live(id).warn(message)
  }

  /** Takes a waiting job out, or asks a running one for a checkpoint and a clean exit. */
  stop(id: number): Item {
    this.pausing.delete(id)
    const { status } = this.kind.get(id)
    if (status === 'queued' || status === 'paused') {
      return this.change(id, { status: 'stopped', finishedAt: now() })
    }
    return this.interrupt(id)
  }

  /** The same, but the job keeps its place and waits there until it is resumed. */
  pause(id: number): Item {
    const { status } = this.kind.get(id)
    if (status === 'queued') return this.change(id, { status: 'paused' })
    if (status === 'running') this.pausing.add(id)
    return this.interrupt(id)
  }

  private interrupt(id: number): Item {
    const { status } = this.kind.get(id)
    if (status !== 'running') return this.kind.get(id)
    const item = this.change(id, { status: 'stopping' })
    if (this.current?.id === id) this.current.trainer.stop()
    return item
  }

  /** @param options history: send the metrics that there are already. Default true. */
  watch(
    id: number,
    signal?: AbortSignal,
    { history = true }: { history?: boolean } = {},
  ): AsyncGenerator<JobNews<Item>, void, undefined> {
    this.kind.get(id)
    const { metrics } = this.kind
    const from = history ? 0 : metrics.end(id)
    const item = (): Item => this.kind.get(id)
    return watchJob({ id, metrics, from, live: this.live(id), item }, signal)
  }

  /** Lets the running job write its checkpoint and puts it back in the queue for the next start. */
  close(): void {
    this.closing.abort()
    this.current?.trainer.stop()
  }

  /** The host died while these jobs ran: what was to stop or to pause has done so, the rest goes on. */
  private recover(): void {
    for (const { id } of this.kind.withStatus('running')) this.kind.change(id, { status: 'queued' })
    for (const { id } of this.kind.withStatus('stopping')) {
      const status = this.pausing.has(id) ? 'paused' : 'stopped'
      this.kind.change(id, { status, finishedAt: now() })
    }
  }

  private async run(id: number): Promise<void> {
    const item = this.kind.get(id)
    if (item.status !== 'queued') return
    this.learned = {}
    this.restarted = false
    try {
      const job = await this.prepared(id)
      if (this.kind.get(id).status !== 'queued' || this.closing.signal.aborted) return
      this.change(id, { status: 'running', startedAt: item.startedAt ?? now() })
      await this.record(id, await this.train(id, job))
    } catch (error) {
      await this.record(id, { type: 'failed', message: messageOf(error) })
    } finally {
      this.current = null
    }
  }

  /**
   * A full disk must neither end the host nor lose a result: how the job ended is shown at once, and
   * stored when there is room, unless somebody has let it go on meanwhile.
   */
  private async record(id: number, outcome: Outcome): Promise<void> {
    const change = { ...this.learned, ...this.ending(id, outcome) }
    try {
      return this.finish(id, change)
    } catch (error) {
      this.live(id).warn(unwritten(error))
      this.kind.keep(id, change)
      this.live(id).pulse.beat()
    }
    const { signal } = this.closing
    while (!signal.aborted && this.kind.isUnwritten(id)) {
      await delay(RETRY_EVERY, undefined, { signal }).catch(() => undefined)
      try {
        if (this.kind.isUnwritten(id)) return this.finish(id, change)
      } catch {
        // Still no room.
      }
    }
  }

  private async prepared(id: number): Promise<TrainerJob> {
    await mkdir(dirname(this.kind.log(id)), { recursive: true })
    await this.machine.pid.left(this.stopGrace, this.closing.signal)
    await this.takeMissedSteps(id)
    return this.kind.prepare(id)
  }

  /** Costs some steps of the curve at worst, and must not keep the job from going on. */
  private async takeMissedSteps(id: number): Promise<void> {
    try {
      await this.kind.takeMissedSteps(id)
    } catch (error) {
      this.live(id).warn(
        `The curve may lack steps that were measured before the workbench or the trainer was ` +
          `killed (${messageOf(error)}). Resume the run again to add them.`,
      )
    }
  }

  private async train(id: number, job: TrainerJob): Promise<Outcome> {
    const { workers, notice } = workersFor(job, this.options.workers)
    if (notice !== null) this.live(id).warn(notice)
    const trainer = new TrainerProcess({
      entry: this.options.trainerEntry,
      workers,
      job,
      log: this.kind.log(id),
      stopGrace: this.stopGrace,
      onNews: (news) => this.hear(id, news),
    })
    this.current = { id, trainer }
    if (trainer.pid !== undefined) this.machine.pid.remember(trainer.pid)
    const outcome = await trainer.finished
    // The ranks of a starter that was killed end by themselves, with a checkpoint where they can.
    if (workers) await this.machine.pid.left(this.stopGrace, this.closing.signal)
    this.machine.pid.forget()
    // One that was killed may have written a checkpoint and not yet sent its last steps.
    const { type } = outcome
    if (type === 'failed' || type === 'killed' || this.restarted) await this.takeMissedSteps(id)
    return outcome
  }

  private get stopGrace(): number {
    return this.options.stopGrace ?? 60_000
  }

  private hear(id: number, news: TrainerNews): void {
    const live = this.live(id)
    switch (news.type) {
      case 'metrics':
        this.kind.metrics.append(id, live.recordable(news.points))
        return live.pulse.beat()
      case 'progress':
        return live.report(news.progress)
      case 'strip':
      case 'pictures':
        return live.show(news.type, news.step)
      case 'warning':
        return live.warn(news.message)
      case 'restarted':
        this.restarted = true
        live.restart()
        return live.warn(news.message)
      case 'leader':
        return this.machine.pid.remember(news.pid)
      case 'engine':
        return this.learn(id, { device: describeEngine(news.engine) })
      case 'masks':
        return this.learn(id, { maskUse: news.use })
      case 'result':
        return this.learn(id, { result: news.result, detail: news.detail })
      case 'partial':
        return live.tell(news.partial)
      default:
    }
  }

  private learn(id: number, change: JobChange): void {
    this.learned = { ...this.learned, ...change }
    try {
      this.change(id, change)
    } catch {
      // It is written with the job's end at the latest.
    }
  }

  private finish(id: number, change: JobChange): void {
    this.kind.metrics.flush()
    if (hasEnded(this.kind.get(id).status) && !this.kind.isUnwritten(id)) return
    this.change(id, change)
    this.kind.ended(id)
  }

  private ending(id: number, outcome: Outcome): JobChange {
    return endingOf(outcome, {
      isStopping: this.kind.get(id).status === 'stopping',
      isPausing: this.pausing.has(id),
      isClosing: this.closing.signal.aborted,
      missing: () => (this.learned.result ? null : this.kind.missing(id)),
    })
  }

  private change(id: number, change: JobChange): Item {
    const item = this.kind.change(id, change)
    this.live(id).pulse.beat()
    return item
  }

  private live(id: number): LiveState {
    const state = this.states.get(id) ?? new LiveState()
    this.states.set(id, state)
    return state
  }
}

/** What a run or an evaluation was computed on, for its page. */
function describeEngine({ deviceName, precision, kernels }: EngineInfo): string {
  return [deviceName, precision, kernels].join(', ')
}
