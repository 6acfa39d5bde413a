import { existsSync, readdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { SESSION, TIME } from '#shared/contract/curves.ts'
import type { MetricPoint } from '#shared/contract/runs.ts'
import type { MetricTable } from '../store/metrics.ts'
import { readEventFile } from '../tensorboard/event-reader.ts'
import { newestStep } from '../trainer/checkpoint/checkpoints.ts'
import { JOURNAL, parseJournalLine } from '../trainer/telemetry/metric-journal.ts'

/** Points stored in one commit. */
const PIECE = 2000

/**
 * Stores what TensorBoard's event files say of the steps before a run's journal begins: version 0.1.0
 * kept none. Values are those of the files, rounded to float32. Call it before `takeMissedSteps`, which
 * adds the steps of the journal behind these.
 * @param folder absolute, of the run
 * @returns how many points were stored
 * @throws SqliteError when they cannot be written
 */
export async function takeEventCurves(
  metrics: MetricTable,
  owner: number,
  folder: string,
): Promise<number> {
  const before = Math.min(await firstJournaledStep(folder), newestStep(folder) + 1)
  let stored = 0
  let points: MetricPoint[] = []
  for await (const measured of eventSteps(join(folder, 'tensorboard'), before)) {
    points.push(...measured)
    if (points.length < PIECE) continue
    stored += metrics.fill(owner, points)
    points = []
  }
  return stored + metrics.fill(owner, points)
}

/** Infinite without a journal. */
async function firstJournaledStep(folder: string): Promise<number> {
  const file = join(folder, JOURNAL)
  if (!existsSync(file)) return Infinity
  const handle = await open(file)
  try {
    for await (const text of handle.readLines()) {
      const line = parseJournalLine(text)
      if (line) return line.step
    }
    return Infinity
  } finally {
    await handle.close()
  }
}

/** Points step by step, steps growing, of steps before `before`. */
async function* eventSteps(folder: string, before: number): AsyncGenerator<MetricPoint[]> {
  const sessions = await sessionsOf(folder)
  for (const [i, { file }] of sessions.entries()) {
    const end = Math.min(before, ...sessions.slice(i + 1).map(({ firstStep }) => firstStep))
    let isFirst = true
    for await (const { step, wallTime, values } of readEventFile(file)) {
      const measured = Object.entries(values)
      if (step >= end || measured.length === 0) continue
      // Tags are the metrics' names behind those of their charts.
      const points = measured.map(([tag, value]) => ({
        step,
        name: tag.slice(tag.lastIndexOf('/') + 1),
        value,
      }))
      points.push({ step, name: TIME, value: wallTime })
      if (isFirst) points.push({ step, name: SESSION, value: wallTime })
      isFirst = false
      yield points.filter(({ value }) => Number.isFinite(value))
    }
  }
}

/** Event files of a run, oldest first, with the step at which the session of each began. */
async function sessionsOf(folder: string): Promise<{ file: string; firstStep: number }[]> {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).filter((name) => /^events\.out\.tfevents\.\d+\./.test(name))
  const sessions = []
  for (const name of names.sort()) {
    const file = join(folder, name)
    let firstStep = Infinity
    for await (const { step, isStart, values } of readEventFile(file)) {
      const isMeasured = Object.keys(values).length > 0
      if (!isStart && !isMeasured) continue
      firstStep = step
      break
    }
    sessions.push({ file, firstStep })
  }
  return sessions
}
