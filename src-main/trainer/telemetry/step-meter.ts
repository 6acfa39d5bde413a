import { availableParallelism } from 'node:os'
import { SESSION, TIME } from '#shared/contract/curves.ts'

/** Measures what a step costs: time, waiting, processor and memory. */
export class StepMeter {
  private readonly cores = availableParallelism()
  private waited = 0
  private startedAt = performance.now()
  private cpuAt = process.cpuUsage()
  private isFirst = true

  /** Hands batches on, and counts the time until each of them is there. */
  async *waiting<T>(batches: AsyncGenerator<T>): AsyncGenerator<T> {
    try {
      for (let from = performance.now(); ; from = performance.now()) {
        const next = await batches.next()
        this.waited += performance.now() - from
        if (next.done) return
        yield next.value
      }
    } finally {
      await batches.return(undefined)
    }
  }

  /**
   * What was measured since the step before, under the names of `metricKinds`; times in seconds. The
   * first call marks a session.
   * @param clips that went through the encoder in this step
   */
  take(clips: number): Record<string, number> {
    const now = performance.now()
    const milliseconds = now - this.startedAt
    const { user, system } = process.cpuUsage(this.cpuAt)
    const time = Date.now() / 1000
    const measured = {
      wait: this.waited / 1000,
      stepTime: milliseconds / 1000,
      clipsPerSecond: (1000 * clips) / milliseconds,
      cpu: (user + system) / 1000 / milliseconds / this.cores,
      memory: process.memoryUsage.rss(),
      [TIME]: time,
      ...(this.isFirst && { [SESSION]: time }),
    }
    this.isFirst = false
    this.restart()
    return measured
  }

  /** Leaves out what was done since the step before, such as an evaluation. */
  restart(): void {
    this.waited = 0
    this.startedAt = performance.now()
    this.cpuAt = process.cpuUsage()
  }
}
