import type { PartialResult, TracePoint } from '#shared/contract/evaluations.ts'
import type { MetricPoint, Progress } from '#shared/contract/runs.ts'
import { addToTrace } from '#shared/metrics/score-trace.ts'
import { Pulse } from '../../base/async/pulse.ts'

/** Warnings kept of one job; the log has them all. */
const WARNINGS = 100

/** What is known of a job only while the host runs: progress, results so far, latest warnings. */
export class LiveState {
  readonly pulse = new Pulse()
  progress: Progress | null = null
  /** What an evaluation knows so far. */
  partial: PartialResult | null = null
  /** What `partial` has been, thinned out. */
  trace: readonly TracePoint[] = []
  /** Step of the newest strip of clips. */
  strip: number | null = null
  /** Step of the newest pictures that the method made. */
  pictures: number | null = null
  private warnings: string[] = []
  private warned = 0
  private readonly unrecordable = new Set<string>()

  /** Forgets how far the job was: it is about to go on from its checkpoint. */
  restart(): void {
    this.progress = null
    this.partial = null
    this.trace = []
    this.unrecordable.clear()
  }

  report(progress: Progress): void {
    this.progress = {
      ...progress,
      rate: Number.isFinite(progress.rate) ? progress.rate : 0,
      secondsLeft: Number.isFinite(progress.secondsLeft) ? progress.secondsLeft : null,
    }
    this.pulse.beat()
  }

  show(what: 'strip' | 'pictures', step: number): void {
    this[what] = step
    this.pulse.beat()
  }

  tell(partial: PartialResult): void {
    this.partial = partial
    this.trace = addToTrace(this.trace, partial)
    this.pulse.beat()
  }

  warn(message: string): void {
    this.warned++
    this.warnings = [...this.warnings.slice(1 - WARNINGS), message]
    this.pulse.beat()
  }

  /** Warnings kept after the first `seen` ones, and how many there have been. */
  warningsAfter(seen: number): { messages: string[]; seen: number } {
    const fresh = Math.min(this.warned - seen, this.warnings.length)
    return { messages: fresh > 0 ? this.warnings.slice(-fresh) : [], seen: this.warned }
  }

  /** The points that can be recorded; the first of a curve that cannot be is warned of. */
  recordable(points: readonly MetricPoint[]): MetricPoint[] {
    return points.filter((point) => {
      if (Number.isFinite(point.value)) return true
      if (!this.unrecordable.has(point.name)) {
        this.unrecordable.add(point.name)
        this.warn(
          `${point.name} is ${point.value} at step ${point.step} and is not recorded: ` +
            'training has diverged. Try a lower learning rate.',
        )
      }
      return false
    })
  }
}
