import { appendFileSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MetricPoint } from '#shared/contract/runs.ts'
import {
  JOURNAL,
  MetricJournal,
  parseJournalLine,
  withJournal,
} from '#main/trainer/telemetry/metric-journal.ts'
import type { FromTrainer } from '#main/trainer/process/messages.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'

const temporaryFolder = temporaryFolders()
const loss = (step: number, value = 1 / step): MetricPoint => ({ step, name: 'loss', value })

function read(folder: string): MetricPoint[] {
  const lines = readFileSync(join(folder, JOURNAL), 'utf8').split('\n')
  return lines.flatMap((text) => {
    const line = parseJournalLine(text)
    return Object.entries(line?.values ?? {}).map(([name, value]) => ({
      step: line!.step,
      name,
      value,
    }))
  })
}

describe('the journal of a trainer', () => {
  it('keeps every finite number to the bit', () => {
    const values = fc.double({ noNaN: true, noDefaultInfinity: true })
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 20 }), (numbers) => {
        const folder = temporaryFolder()
        const journal = new MetricJournal(folder, 1)
        // JSON has no -0; as a number it is equal.
        const points = numbers.map((value, i) => loss(i + 1, value + 0))
        journal.append(points)
        journal.close()
        expect(read(folder)).toEqual(points)
      }),
      { numRuns: 30 },
    )
  })

  it('leaves out what is no number', () => {
    const folder = temporaryFolder()
    const journal = new MetricJournal(folder, 1)
    journal.append([loss(1), { step: 1, name: 'gradientNorm', value: NaN }, loss(2, Infinity)])
    journal.close()
    expect(read(folder)).toEqual([loss(1)])
  })

  it('drops the steps that are measured again, and a line that was cut off', () => {
    const folder = temporaryFolder()
    const first = new MetricJournal(folder, 1)
    first.append([1, 2, 3, 4, 5].map((step) => loss(step)))
    first.close()
    appendFileSync(join(folder, JOURNAL), '{"step":6,"val')
    const second = new MetricJournal(folder, 4)
    second.append([loss(4, 0.25), loss(5, 7)])
    second.close()
    expect(read(folder)).toEqual([loss(1), loss(2), loss(3), loss(4, 0.25), loss(5, 7)])
    new MetricJournal(folder, 1).close()
    expect(readFileSync(join(folder, JOURNAL), 'utf8')).toBe('')
  })

  it('warns once where it cannot be written, and hands everything on', () => {
    const folder = join(temporaryFolder(), 'run')
    mkdirSync(join(folder, JOURNAL), { recursive: true })
    const sent: FromTrainer[] = []
    const journal = withJournal(folder, 0, (message) => sent.push(message))
    journal.send({ type: 'metrics', points: [loss(1)] })
    journal.sync()
    journal.close()
    expect(sent).toEqual([
      { type: 'warning', message: expect.stringContaining(`${JOURNAL} cannot be written`) },
      { type: 'metrics', points: [loss(1)] },
    ])
  })
})
