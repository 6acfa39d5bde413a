import type { MetricPoint, Progress } from '#shared/contract/runs.ts'
import type { FromTrainer } from '../process/messages.ts'

/** Metrics leave 8 times a second, progress twice, however fast it steps: at most 10 messages. */
const METRICS_EVERY = 125
const PROGRESS_EVERY = 500
/** The rate is that of the last seconds, so that it follows a machine that slows down. */
const RATE_WINDOW = 15_000

export interface ReporterOptions {
  send: (message: FromTrainer) => void
  phase: string
  unit: string
  total: number
  /** Where a resumed job starts. Default 0. */
  done?: number
  /** Steps of earlier phases, which the metrics count on from. Default 0. */
  earlier?: number
  /** Milliseconds. Default `performance.now`. */
  now?: () => number
}

/** Gathers metrics and progress of one phase and sends them on, coalesced. */
export class Reporter {
  private readonly options: ReporterOptions
  private readonly now: () => number
  private phase: string
  private points: MetricPoint[] = []
  private marks: { time: number; done: number }[] = []
  private sentAt = -Infinity
  private progressAt = -Infinity
  private timer: NodeJS.Timeout | undefined

  constructor(options: ReporterOptions) {
    this.options = options
    this.phase = options.phase
    this.now = options.now ?? (() => performance.now())
  }

  /** Names what the job does from now on; an empty name leaves the one it has. */
  enter(phase: string): void {
    if (phase !== '') this.phase = phase
  }

  /** Adds what one step measured; `done` counts `unit`s since the beginning of the job. */
  advance(done: number, metrics: Record<string, number> = {}): void {
    this.record(done, metrics)
    const time = this.now()
    this.marks.push({ time, done })
    while (this.marks.length > 2 && time - this.marks[0].time > RATE_WINDOW) this.marks.shift()
    const wait = METRICS_EVERY - (time - this.sentAt)
    if (wait <= 0) this.sendMetrics()
    // The step after this one may be long in coming.
    else this.timer ??= setTimeout(() => this.sendMetrics(), wait).unref()
    if (time - this.progressAt >= PROGRESS_EVERY) this.sendProgress()
  }

  /** Adds what was measured at a step without progress; it leaves with the next step. */
  record(step: number, metrics: Record<string, number>): void {
    const { earlier = 0 } = this.options
    for (const [name, value] of Object.entries(metrics)) {
      this.points.push({ step: earlier + step, name, value })
    }
  }

  /** Sends what has gathered. */
  flush(): void {
    this.sendMetrics()
    this.sendProgress()
  }

  /** Sends the metrics that have gathered, as before a checkpoint. */
  sendMetrics(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    if (this.points.length > 0) this.options.send({ type: 'metrics', points: this.points })
    this.points = []
    this.sentAt = this.now()
  }

  private sendProgress(): void {
    this.options.send({ type: 'progress', progress: this.progress() })
    this.progressAt = this.now()
  }

  private progress(): Progress {
    const { unit, total, done = 0 } = this.options
    const last = this.marks.at(-1) ?? { time: 0, done }
    // From the first step's end on: until then threads, decoders and TensorFlow warm up.
    const first = this.marks[0] ?? last
    const seconds = (last.time - first.time) / 1000
    const rate = seconds > 0 ? (last.done - first.done) / seconds : 0
    const secondsLeft = rate > 0 ? (total - last.done) / rate : null
    return { phase: this.phase, unit, total, done: last.done, rate, secondsLeft }
  }
}
