import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import type { Project } from '../../store/project.ts'
import { WorkbenchError } from '../../base/workbench-error.ts'
import type { TrainerJob } from '../../trainer/process/messages.ts'
import type { Machine, QueueOptions } from '../queue/job-queue.ts'
import { Pulse } from '../../base/async/pulse.ts'
import { TrainerProcess, type Outcome, type TrainerNews } from '../process/trainer-process.ts'

/** Has the trainer try something out while nothing else needs it; what it leaves is thrown away. */
export class Trials {
  private readonly project: Project
  private readonly machine: Machine
  private readonly options: QueueOptions
  private readonly closing = new AbortController()

  constructor(project: Project, machine: Machine, options: QueueOptions) {
    this.project = project
    this.machine = machine
    this.options = options
  }

  /** What keeps the trainer busy, as a sentence; null when it is free. */
  get busy(): string | null {
    if (this.machine.slot.isFree) return null
    if (this.machine.slot.isElsewhere) return 'The trainer is busy with another project.'
    const { runs, evaluations } = this.project.store
    const [run] = (['running', 'stopping', 'queued'] as const).flatMap((status) =>
      runs.withStatus(status),
    )
    if (run) return `The trainer is busy with run ${run.id} (${run.name}).`
    const [evaluation] = evaluations.withStatus('running')
    return evaluation
      ? `The trainer is busy evaluating ${evaluation.runName}.`
      : 'The trainer is busy with another trial.'
  }

  /**
   * What a trainer tells of a job, until it ends; leaving early, or an abort, ends it.
   * @returns how it ended
   * @throws WorkbenchError when the trainer is busy: two at once would slow both, and measure neither
   */
  async *run(
    job: TrainerJob,
    signal?: AbortSignal,
  ): AsyncGenerator<TrainerNews, Outcome, undefined> {
    this.checkFree()
    const own = new AbortController()
    const ended = AbortSignal.any([own.signal, this.closing.signal, ...(signal ? [signal] : [])])
    const inbox: TrainerNews[] = []
    const pulse = new Pulse()
    const hear = (news: TrainerNews): void => {
      inbox.push(news)
      pulse.beat()
    }
    let outcome: Outcome | null = null
    let isBegun = false
    this.machine.slot.add(
      async () => {
        isBegun = true
        outcome = await this.train(job, hear, ended)
        pulse.beat()
      },
      () => -Infinity,
    )
    try {
      for (;;) {
        const beats = pulse.count
        yield* inbox.splice(0)
        if (outcome) {
          // The slot is free once its work has returned.
          await breathe()
          return outcome
        }
        // A slot that is closed begins nothing more.
        if (ended.aborted && !isBegun) return { type: 'stopped' }
        await pulse.after(beats, isBegun ? undefined : ended)
      }
    } finally {
      own.abort()
    }
  }

  /** @throws WorkbenchError when the trainer is busy. */
  checkFree(): void {
    const { busy } = this
    if (busy === null) return
    throw new WorkbenchError(`${busy} Pause or stop it, or wait until it ends, and try again.`)
  }

  /** Ends the current trial. */
  close(): void {
    this.closing.abort()
  }

  private async train(
    job: TrainerJob,
    onNews: (news: TrainerNews) => void,
    ended: AbortSignal,
  ): Promise<Outcome> {
    const log = this.project.probeLog
    try {
      await mkdir(dirname(log), { recursive: true })
      if (ended.aborted) return { type: 'stopped' }
      const entry = this.options.trainerEntry
      const trainer = new TrainerProcess({ entry, job, log, stopGrace: 0, onNews })
      const kill = (): void => trainer.abort()
      ended.addEventListener('abort', kill, { once: true })
      if (trainer.pid !== undefined) this.machine.pid.remember(trainer.pid)
      const outcome = await trainer.finished
      ended.removeEventListener('abort', kill)
      this.machine.pid.forget()
      return outcome
    } catch (error) {
      return { type: 'failed', message: error instanceof Error ? error.message : String(error) }
    }
  }
}
