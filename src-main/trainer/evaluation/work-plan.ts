import type { Progress } from '#shared/contract/runs.ts'

/** One part of an evaluation, known before it begins. */
export interface PlannedPhase {
  /** As its progress names it. */
  name: string
  /** How much it is, counted in clips that go through the encoder. */
  work: number
  /** The work is not the encoder's: its size is a guess, and its speed says nothing of the encoder. */
  isGuess?: boolean
}

/**
 * The parts of an evaluation and how far it is through them. What is left of the current part comes
 * from its own rate; parts that have not begun take as long as the same work took so far.
 */
export class WorkPlan {
  private readonly phases: readonly PlannedPhase[]
  private readonly now: () => number
  private readonly seconds: (number | null)[]
  private at = -1
  private beganAt = 0
  /** Share of the current part that was done before it began here, as a resumed training has it. */
  private from = 0
  /** Of the encoder in earlier parts: seconds, and clips. */
  private readonly measured = { seconds: 0, work: 0 }

  /** @param now milliseconds */
  constructor(phases: readonly PlannedPhase[], now: () => number = () => performance.now()) {
    this.phases = phases
    this.now = now
    this.seconds = phases.map(() => null)
  }

  /** A part begins, and with it the one before has ended. @param from share of it that is done */
  begin(name: string, from = 0): void {
    this.endCurrent()
    this.at = this.phases.findIndex((phase) => phase.name === name)
    this.beganAt = this.now()
    this.from = from
  }

  /** The progress of the current part with its place in the plan. */
  placed(progress: Progress): Progress {
    const current = this.phases[this.at]
    if (!current) return progress
    const share = Math.min(1, progress.done / Math.max(progress.total, Number.MIN_VALUE))
    const before = workOf(this.phases.slice(0, this.at))
    const phases = this.phases.map(({ name }, i) => ({ name, seconds: this.seconds[i] }))
    return {
      ...progress,
      plan: {
        phases,
        at: this.at,
        share: (before + share * current.work) / Math.max(1e-9, workOf(this.phases)),
        secondsLeft: this.secondsLeft(current, share, progress.secondsLeft),
      },
    }
  }

  private secondsLeft(current: PlannedPhase, share: number, own: number | null): number | null {
    const pace = this.pace(current, share)
    const later = workOf(this.phases.slice(this.at + 1))
    const ofCurrent = share >= 1 ? 0 : (own ?? (pace && pace * (1 - share) * current.work))
    if (ofCurrent === null || (later > 0 && pace === null)) return null
    return ofCurrent + later * (pace ?? 0)
  }

  /** Seconds for each clip so far; null before any is measured. */
  private pace(current: PlannedPhase, share: number): number | null {
    const counts = !current.isGuess
    const work = this.measured.work + (counts ? (share - this.from) * current.work : 0)
    const seconds = this.measured.seconds + (counts ? this.elapsed : 0)
    return work > 0 ? seconds / work : null
  }

  private endCurrent(): void {
    const current = this.phases[this.at]
    if (!current) return
    this.seconds[this.at] = this.elapsed
    if (current.isGuess) return
    this.measured.seconds += this.elapsed
    this.measured.work += (1 - this.from) * current.work
  }

  private get elapsed(): number {
    return (this.now() - this.beganAt) / 1000
  }
}

function workOf(phases: readonly PlannedPhase[]): number {
  return phases.reduce((sum, { work }) => sum + work, 0)
}
