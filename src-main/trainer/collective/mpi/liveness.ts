import { readFileSync } from 'node:fs'
import type { Channel } from './channel.ts'
import { STILL_AFTER } from './patience.ts'

/** Less than this part of one core's time is doing nothing. */
const WORKING = 0.02

/**
 * Whether a process's main thread lives: it waits for the other ranks, its timers run, or, in a long
 * call that lets no timer run, such as a step of TensorFlow on a slow machine or a large file, the
 * process uses a core or waits for the disk. Outside Linux, a long call lives for ten minutes.
 */
export class Liveness {
  private readonly channel: Channel
  private ticks = -1
  private used = 0
  private since = 0
  private readonly patience = process.platform === 'linux' ? STILL_AFTER : 600_000

  constructor(channel: Channel) {
    this.channel = channel
  }

  /** Ask it once a second. */
  check(now = performance.now()): boolean {
    const { ticks } = this.channel
    const used = processorTime()
    const isAlive =
      ticks !== this.ticks ||
      this.channel.isWaiting ||
      used - this.used > WORKING * (now - this.since) ||
      waitsForDisk()
    if (!isAlive) return now - this.since < this.patience
    this.ticks = ticks
    this.used = used
    this.since = now
    return true
  }
}

/** Of the process without the calling thread, in ms; 0 where it cannot be read. */
function processorTime(): number {
  return timeOf('/proc/self/stat') - timeOf('/proc/thread-self/stat')
}

function timeOf(file: string): number {
  const fields = fieldsOf(file)
  // After the program's name, fields 14 and 15 of proc_pid_stat(5), in ticks of 10 ms.
  return fields === null ? 0 : 10 * (Number(fields[11]) + Number(fields[12]))
}

function waitsForDisk(): boolean {
  return fieldsOf(`/proc/self/task/${process.pid}/stat`)?.[0] === 'D'
}

function fieldsOf(file: string): string[] | null {
  try {
    const stat = readFileSync(file, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}
