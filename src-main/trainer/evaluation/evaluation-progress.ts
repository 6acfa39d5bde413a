import type { PartialResult } from '#shared/contract/evaluations.ts'
import type { HostPort } from '../process/host-port.ts'
import type { FromTrainer } from '../process/messages.ts'
import type { Journaled } from '../telemetry/metric-journal.ts'
import { Reporter } from '../telemetry/reporter.ts'
import { WorkPlan, type PlannedPhase } from './work-plan.ts'

export interface PhaseOptions {
  /** Where it goes on. Default 0. */
  done?: number
  /** Steps of earlier phases, which the metrics count on from. Default 0. */
  earlier?: number
  /** Takes the metrics in as well. */
  journal?: Journaled
}

/** Time between two results so far, in ms. */
const PARTIAL_EVERY = 500

/** What an evaluation tells its host while it goes on: the part of its work, and results so far. */
export class EvaluationProgress {
  readonly port: HostPort
  private untold: (() => PartialResult) | null = null
  private toldAt = -Infinity
  private work: WorkPlan | null = null

  constructor(port: HostPort) {
    this.port = port
  }

  /** Says which parts of work are to come, so that the time left is that of all of them. */
  plan(phases: readonly PlannedPhase[]): void {
    this.work = new WorkPlan(phases)
  }

  /**
   * Progress of a part of the work. Before each count goes the score that belongs to it.
   */
  phase(
    phase: string,
    unit: string,
    total: number,
    { done = 0, earlier = 0, journal }: PhaseOptions = {},
  ): Reporter {
    this.work?.begin(phase, done / total)
    const send = (message: FromTrainer): void => {
      const to = journal ?? this.port
      if (message.type !== 'progress') return to.send(message)
      this.tellPartial()
      const progress = this.work?.placed(message.progress) ?? message.progress
      to.send({ type: 'progress', progress })
    }
    return new Reporter({ send, phase, unit, total, done, earlier })
  }

  /**
   * Says what is known so far. It is sent at most twice a second, and before each count of the
   * progress; only then is `result` called.
   */
  partial(result: () => PartialResult): void {
    this.untold = result
    if (performance.now() - this.toldAt >= PARTIAL_EVERY) this.tellPartial()
  }

  /** Sends the latest `partial` if it has not been sent; the last one must be called out so. */
  tellPartial(): void {
    const { untold } = this
    if (!untold) return
    this.untold = null
    this.toldAt = performance.now()
    this.port.send({ type: 'partial', partial: untold() })
  }
}
