import { entryPath } from '../../base/processes/entry-path.ts'
import type { StartEvaluation } from '#shared/contract/evaluations.ts'
import { tasks } from '#shared/tasks/index.ts'
import type { Project } from '../../store/project.ts'
import { DryRuns } from '../trials/dry-run.ts'
import { Estimator } from '../trials/estimate.ts'
import { EvaluationQueue } from '../../evaluations/evaluation-queue.ts'
import type { QueueOptions } from './job-queue.ts'
import { Trials } from '../trials/trials.ts'
import { RunQueue } from './run-queue.ts'
import { TrainerPid } from '../process/trainer-pid.ts'
import { TrainerSlot } from './trainer-slot.ts'
import type { TrainerTurns } from './trainer-turns.ts'

/**
 * Both queues over one project; they share the one trainer. Opening them marks as waiting what the
 * last host left unfinished; nothing starts before `resumeAll`, a `resume` or a `start`.
 */
export class TrainerQueues {
  readonly runs: RunQueue
  readonly evaluations: EvaluationQueue
  readonly estimator: Estimator
  readonly dryRuns: DryRuns
  readonly trials: Trials
  private readonly slot: TrainerSlot
  private readonly project: Project

  /**
   * @param options by default the workbench's own trainer and a grace of a minute
   * @param turns of the projects that share the trainer; left out: this one has it alone
   */
  constructor(project: Project, options: Partial<QueueOptions> = {}, turns?: TrainerTurns) {
    this.slot = new TrainerSlot(turns)
    const trainerEntry = options.trainerEntry ?? entryPath('trainer')
    const complete = { ...options, trainerEntry }
    const machine = { slot: this.slot, pid: new TrainerPid(project.pidFile, trainerEntry) }
    this.project = project
    this.runs = new RunQueue(project, machine, complete, (id) => this.goOn(id))
    const alone = { ...complete, workers: undefined }
    this.evaluations = new EvaluationQueue(project, machine, alone)
    this.trials = new Trials(project, machine, alone)
    this.estimator = new Estimator(project, this.trials)
    this.dryRuns = new DryRuns(project, this.trials)
  }

  /** Goes on with everything that waits, runs first. */
  resumeAll(): void {
    // A host that was killed may have left a run that is done without what was to follow.
    for (const { id } of this.project.store.runs.withStatus('done')) this.goOn(id)
    this.runs.resumeAll()
    this.evaluations.resumeAll()
  }

  /** Queues the evaluations that were to follow a run, in its place, when it is done. */
  private goOn(id: number): void {
    const { runs, evaluations } = this.project.store
    const { status, chain, place } = runs.get(id)
    if (status !== 'done' || chain.length === 0) return
    const known = evaluations.list().filter(({ runId }) => runId === id)
    for (const { protocol, clips, datasetId } of chain) {
      if (known.some((evaluation) => evaluation.protocol === protocol)) continue
      const request = { runId: id, protocol, datasetId }
      const looksAtClips = 'clips' in tasks[protocol].settings
      this.evaluate({ ...request, ...(looksAtClips && { settings: { clips } }) }, place)
    }
    runs.change(id, { chain: [] })
  }

  /** What follows a run must not undo that the run is done: its fault is told with the run. */
  private evaluate(request: StartEvaluation & { runId: number }, place: number): void {
    try {
      this.evaluations.start(request, place)
    } catch (error) {
      const { message } = error as Error
      this.runs.warn(request.runId, `The evaluation after the run was not started: ${message}`)
    }
  }

  /** Lets the current job save itself and waits for it; call before closing the project. */
  async close(): Promise<void> {
    this.runs.close()
    this.evaluations.close()
    this.trials.close()
    await this.slot.close()
  }
}
