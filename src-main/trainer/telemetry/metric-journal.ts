import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { MetricPoint } from '#shared/contract/runs.ts'
import type { FromTrainer } from '../process/messages.ts'

/** In the folder of a job, beside its checkpoints. */
export const JOURNAL = 'metrics.jsonl'

const NEWLINE = 0x0a
/** Characters that wait at most while the disk refuses them: some 20,000 steps. */
const LARGEST_BACKLOG = 8_000_000

/** One line of the journal: what was measured at a step. */
export interface JournalLine {
  step: number
  values: Record<string, number>
}

/**
 * Reads a line of the journal.
 * @returns null for a line that was cut off or is damaged
 */
export function parseJournalLine(text: string): JournalLine | null {
  try {
    const line = JSON.parse(text) as JournalLine | null
    const isWhole = Number.isInteger(line?.step) && typeof line?.values === 'object'
    return isWhole ? line : null
  } catch {
    return null
  }
}

/**
 * The trainer's own record of what it measured, in full precision. The host stores the same points,
 * but a host that is killed loses what it has not yet committed, and the trainer goes on to its next
 * checkpoint without it. Steps up to a checkpoint are never measured again: they come back from here.
 */
export class MetricJournal {
  private readonly descriptor: number
  /** Bytes that are known to be written; what lies behind them is overwritten. */
  private length: number
  private waiting = ''

  /**
   * Opens the journal in `folder` and removes what is void: steps from `firstStep` on, which are
   * measured again, and a line that was cut off.
   * @throws ErrnoException when it cannot be written
   */
  constructor(folder: string, firstStep: number) {
    mkdirSync(folder, { recursive: true })
    const file = join(folder, JOURNAL)
    // Not truncated, and not for appending: a line that was written in part is overwritten.
    closeSync(openSync(file, 'a'))
    this.length = validLength(readFileSync(file), firstStep)
    this.descriptor = openSync(file, 'r+')
    ftruncateSync(this.descriptor, this.length)
  }

  /** @throws ErrnoException when the disk refuses; the points then wait for the next call */
  append(points: readonly MetricPoint[]): void {
    for (const [step, measured] of Map.groupBy(points, (point) => point.step)) {
      const finite = measured.filter(({ value }) => Number.isFinite(value))
      const values = Object.fromEntries(finite.map(({ name, value }) => [name, value]))
      this.waiting += `${JSON.stringify({ step, values } satisfies JournalLine)}\n`
    }
    if (this.waiting.length > LARGEST_BACKLOG) this.waiting = ''
    const bytes = Buffer.from(this.waiting)
    for (let from = 0; from < bytes.length;) {
      from += writeSync(this.descriptor, bytes, from, bytes.length - from, this.length + from)
    }
    this.length += bytes.length
    this.waiting = ''
  }

  /** Forces it to the disk. A checkpoint must not be there without the steps before it. */
  sync(): void {
    this.append([])
    fsyncSync(this.descriptor)
  }

  close(): void {
    closeSync(this.descriptor)
  }
}

/** Bytes up to the last whole line of a step before `firstStep`; steps grow along the file. */
function validLength(bytes: Buffer, firstStep: number): number {
  let end = bytes.lastIndexOf(NEWLINE) + 1
  while (end > 0) {
    const start = end > 1 ? bytes.lastIndexOf(NEWLINE, end - 2) + 1 : 0
    const line = parseJournalLine(bytes.toString('utf8', start, end - 1))
    if (line && line.step < firstStep) return end
    end = start
  }
  return 0
}

/** Names of what the journal in a job's folder says of its newest step, if that is `step`. */
export function measuredLast(folder: string, step: number): Set<string> {
  const file = join(folder, JOURNAL)
  const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0)
  const names = new Set<string>()
  for (let end = bytes.lastIndexOf(NEWLINE) + 1; end > 0;) {
    const start = end > 1 ? bytes.lastIndexOf(NEWLINE, end - 2) + 1 : 0
    const line = parseJournalLine(bytes.toString('utf8', start, end - 1))
    if (line && line.step !== step) break
    for (const name of Object.keys(line?.values ?? {})) names.add(name)
    end = start
  }
  return names
}

export interface Journaled {
  /** Writes the metrics among the messages into the journal, then hands all of them on. */
  send: (message: FromTrainer) => void
  /** Call before a checkpoint is written, when its steps have been sent. */
  sync: () => void
  close: () => void
}

/**
 * Keeps a journal of what is sent. A disk that refuses it costs the journal and not the job.
 * @param step what the job goes on from
 */
export function withJournal(
  folder: string,
  step: number,
  send: (message: FromTrainer) => void,
): Journaled {
  let hasWarned = false
  const attempt = <T>(work: () => T): T | null => {
    try {
      return work()
    } catch (error) {
      if (!hasWarned) send({ type: 'warning', message: refusal(folder, error) })
      hasWarned = true
      return null
    }
  }
  const journal = attempt(() => new MetricJournal(folder, step + 1))
  return {
    send: (message) => {
      if (message.type === 'metrics') attempt(() => journal?.append(message.points))
      send(message)
    },
    sync: () => attempt(() => journal?.sync()),
    close: () => attempt(() => journal?.close()),
  }
}

function refusal(folder: string, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error)
  return (
    `${join(folder, JOURNAL)} cannot be written (${reason}). Training continues. If the workbench is ` +
    'killed before this is fixed, the curve may lack some steps. Free disk space.'
  )
}
