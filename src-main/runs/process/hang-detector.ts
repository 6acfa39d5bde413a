import { readFileSync } from 'node:fs'

/** Less than this part of one core's time is standing still. */
const WORKING = 0.005

/**
 * Patience with a process that does not answer: TensorFlow lets it hear nothing during a step, which
 * may take minutes on a slow machine, and its processor time tells that from a process that hangs.
 */
export class Patience {
  private readonly pid: number
  private readonly grace: number
  private since = performance.now()
  private used: number | null

  /** @param grace longest time that the process may stand still, in ms. */
  constructor(pid: number, grace: number) {
    this.pid = pid
    this.grace = grace
    this.used = processorTime(pid)
  }

  /**
   * Whether the process has stood still for the grace; ask now and again. Where processor time
   * cannot be read, outside Linux, it is over after the grace.
   */
  get isOver(): boolean {
    const now = performance.now()
    const passed = now - this.since
    if (passed < this.grace) return false
    const used = processorTime(this.pid)
    const worked = used !== null && this.used !== null ? used - this.used : 0
    this.since = now
    this.used = used
    return worked < WORKING * passed
  }
}

/** Processor time of all threads of a process since it started, in ms; null where it cannot be read. */
export function processorTime(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The program's name stands in brackets and may hold blanks; after it, fields 14 and 15 of
    // proc_pid_stat(5) are user and system time, in ticks of 10 ms.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return 10 * (Number(fields[11]) + Number(fields[12]))
  } catch {
    return null
  }
}
