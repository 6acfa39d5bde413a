import type { MetricPoint, Progress } from '#shared/contract/runs.ts'
import type { FromTrainer } from './protocol.ts'

/** A round is two messages, metrics and progress: at most 10 a second leave, however fast it steps. */
const INTERVAL = 200
/** The rate is that of the last seconds, so that it follows a machine that slows down. */
const RATE_WINDOW = 15_000

export interface ReporterOptions {
  send: (message: FromTrainer) => void
  phase: string
  unit: string
  total: number
  /** Where a resumed job starts. Default 0. */
  done?: number
  /** Milliseconds. Default `performance.now`. */
  now?: () => number
}

/** Gathers metrics and progress of one phase and sends them on, coalesced. */
export class Reporter {
  private readonly options: ReporterOptions
  private readonly now: () => number
  private points: MetricPoint[] = []
  private marks: { time: number; done: number }[] = []
  private sentAt = -Infinity

  constructor(options: ReporterOptions) {
    this.options = options
    this.now = options.now ?? (() => performance.now())
  }

  /** Adds what one step measured; `done` counts `unit`s since the beginning of the job. */
  advance(done: number, metrics: Record<string, number> = {}): void {
    for (const [name, value] of Object.entries(metrics)) {
      this.points.push({ step: done, name, value })
    }
    const time = this.now()
    this.marks.push({ time, done })
    while (this.marks.length > 2 && time - this.marks[0].time > RATE_WINDOW) this.marks.shift()
    if (time - this.sentAt >= INTERVAL) this.flush()
  }

  /** Sends what has gathered. */
  flush(): void {
    if (this.points.length > 0) this.options.send({ type: 'metrics', points: this.points })
    this.points = []
    this.options.send({ type: 'progress', progress: this.progress() })
    this.sentAt = this.now()
  }

  private progress(): Progress {
    const { phase, unit, total, done = 0 } = this.options
    const last = this.marks.at(-1) ?? { time: 0, done }
    // From the first step's end on: until then threads, decoders and TensorFlow warm up.
    const first = this.marks[0] ?? last
    const seconds = (last.time - first.time) / 1000
    const rate = seconds > 0 ? (last.done - first.done) / seconds : 0
    const secondsLeft = rate > 0 ? (total - last.done) / rate : null
    return { phase, unit, total, done: last.done, rate, secondsLeft }
  }
}
