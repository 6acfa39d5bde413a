import { entryPath } from '../entry-path.ts'
import type { Project } from '../store/project.ts'
import { EvaluationQueue } from './evaluation-queue.ts'
import type { QueueOptions } from './job-queue.ts'
import { RunQueue } from './run-queue.ts'
import { TrainerPid } from './trainer-pid.ts'
import { TrainerSlot } from './trainer-slot.ts'

/**
 * Both queues over one project; they share the one trainer. Opening them marks as waiting what the
 * last host left under way; nothing starts before `resumeAll`, a `resume` or a `start`.
 */
export class TrainerQueues {
  readonly runs: RunQueue
  readonly evaluations: EvaluationQueue
  private readonly slot = new TrainerSlot()

  /** @param options by default the workbench's own trainer and a grace of a minute. */
  constructor(project: Project, options: Partial<QueueOptions> = {}) {
    const trainerEntry = options.trainerEntry ?? entryPath('trainer')
    const complete = { ...options, trainerEntry }
    const machine = { slot: this.slot, pid: new TrainerPid(project.pidFile, trainerEntry) }
    this.runs = new RunQueue(project, machine, complete)
    this.evaluations = new EvaluationQueue(project, machine, complete)
  }

  /** Goes on with everything that waits, runs first. */
  resumeAll(): void {
    this.runs.resumeAll()
    this.evaluations.resumeAll()
  }

  /** Lets the job under way save itself and waits for it; call before closing the project. */
  async close(): Promise<void> {
    this.runs.close()
    this.evaluations.close()
    await this.slot.close()
  }
}
