import { describe, expect, it } from 'vitest'
import { schedulesFor } from '#shared/tasks/schedules.ts'
import { completeSettings, type EvaluationSettings } from '#shared/config/evaluation-settings.ts'
import { PROTOCOLS, type Protocol } from '#shared/tasks/index.ts'
import { madeOtherwise, publishedRows } from '#shared/report/published.ts'
import published from '../../../resources/published-results.json' with { type: 'json' }

const rows = publishedRows(published)
const rowOf = (method: string, protocol: string) =>
  rows.find((row) => row.method === method && `${row.stated[protocol]?.protocol}` === protocol)!
const reference = (protocol: Protocol): Partial<EvaluationSettings> =>
  Object.fromEntries(schedulesFor(protocol)).reference.values

describe('what is known of published protocols', () => {
  it('names settings that there are, with values that they allow', () => {
    for (const { protocol, settings, methods, source } of published.protocols) {
      expect(PROTOCOLS).toContain(protocol)
      expect(completeSettings(protocol as Protocol, settings)).toMatchObject(settings)
      for (const method of methods) {
        const results = published.results.filter(
          (one) => one.method === method && one.source === source && one.protocol === protocol,
        )
        expect(results, `${method} by ${protocol}`).not.toEqual([])
      }
    }
  })

  it.each(['linear', 'retrieval', 'finetune'] as const)(
    "is for FAME's %s what the schedule called reference does",
    (protocol) => {
      const row = rowOf('FAME', protocol)
      const made = (settings: Partial<EvaluationSettings>) =>
        madeOtherwise(row, { protocol, settings: completeSettings(protocol, settings) })
      expect(made(reference(protocol))).toEqual([])
      expect(made({})).not.toEqual([])
      expect(made({ ...reference(protocol), split: 'validation' })).toEqual([
        'Tested on: validation here, test there',
      ])
    },
  )

  it('tells each setting that differs, with both values', () => {
    const settings = completeSettings('finetune', {
      ...reference('finetune'),
      batch: 64,
      dropout: 0,
    })
    expect(madeOtherwise(rowOf('FAME', 'finetune'), { protocol: 'finetune', settings })).toEqual([
      'Batch: 64 here, 128 there',
      'Dropout: 0 here, 0.7 there',
    ])
  })

  it('is not taken to be alike where nothing is known', () => {
    const unknown = rows.find((row) => row.method === 'SpeedNet')!
    const settings = completeSettings('retrieval')
    expect(madeOtherwise(unknown, { protocol: 'retrieval', settings })).toHaveLength(1)
  })
})
