import type { Progress } from '#shared/contract/runs.ts'
import type { PhaseName } from './events.ts'

interface Phase {
  name: PhaseName
  title: string
  unit: string
  /** Seconds that it takes on a usual machine; what is measured takes their place. */
  usual: number
}

/** The parts of a set-up in their order. */
const PHASES: readonly Phase[] = [
  { name: 'download', title: 'Download', unit: 'MB', usual: 60 },
  { name: 'unpack', title: 'Unpack and check', unit: 'MB', usual: 20 },
  { name: 'check', title: 'Try a convolution', unit: 'parts', usual: 5 },
  { name: 'kernels', title: 'Compile kernels', unit: 'files', usual: 90 },
]
const MEGABYTE = 1e6

/** How far a set-up is, and how long the rest will take. */
export class SetupProgress {
  private at = 0
  private done = 0
  private total = 0
  private readonly started: number[]
  private first = 0
  private readonly now: () => number

  /** @param now seconds; only tests hand it in */
  constructor(now: () => number = () => performance.now() / 1000) {
    this.now = now
    this.started = [now()]
  }

  /** @param total null while it is not known */
  hear(name: PhaseName, done: number, total: number | null): void {
    const at = PHASES.findIndex((phase) => phase.name === name)
    const scale = PHASES[at].unit === 'MB' ? MEGABYTE : 1
    if (at !== this.at || this.total === 0) this.first = done / scale
    // A part that was left out, since it had been done before, has taken no time.
    for (let i = this.started.length; i <= at; i++) this.started.push(this.now())
    this.at = at
    this.done = done / scale
    this.total = (total ?? 0) / scale
  }

  get value(): Progress {
    const phase = PHASES[this.at]
    const spent = this.now() - this.started[this.at]
    const made = this.done - this.first
    const rate = spent > 0 ? made / spent : 0
    const left = this.total > 0 && rate > 0 ? (this.total - this.done) / rate : null
    const secondsLeft = left ?? Math.max(0, phase.usual - spent)
    const rest = PHASES.slice(this.at + 1).reduce((sum, { usual }) => sum + usual, secondsLeft)
    const before = this.now() - this.started[0]
    return {
      phase: phase.title,
      done: Math.round(this.done),
      total: Math.round(this.total),
      rate,
      unit: phase.unit,
      secondsLeft,
      plan: {
        phases: PHASES.map(({ title }, i) => ({ name: title, seconds: this.secondsOf(i) })),
        at: this.at,
        share: before / Math.max(1e-9, before + rest),
        secondsLeft: rest,
      },
    }
  }

  /** Null for a part that has not ended. */
  private secondsOf(i: number): number | null {
    return i < this.at ? this.started[i + 1] - this.started[i] : null
  }
}
