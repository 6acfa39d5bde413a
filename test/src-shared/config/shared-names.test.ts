/** Settings that several methods have under one name. */
import { expect, it } from 'vitest'
import { completeConfig, parseAssignment, settingsOf } from '#shared/config/pretrain-config.ts'
import { printRunFile } from '#shared/config/run-file.ts'
import { METHODS } from '#shared/methods/index.ts'
import type { PretrainSetting } from '#shared/settings/pretraining.ts'

/** The tables that have each name. */
const owners = new Map<string, Map<PretrainSetting, string>>()
for (const method of METHODS) {
  for (const [name, row] of Object.entries(settingsOf(method))) {
    owners.set(name, (owners.get(name) ?? new Map<PretrainSetting, string>()).set(row, method))
  }
}
const shared = [...owners].filter(([, rows]) => rows.size > 1)

it('there are some', () => {
  expect(shared.length).toBeGreaterThan(0)
})

it.each(shared)('%s may be set to what any of its methods takes', (name, rows) => {
  for (const row of rows.keys()) {
    const value =
      'max' in row && row.type !== 'text' && row.type !== 'parts' ? row.max : row.default
    expect(parseAssignment(`${name}=${String(value)}`)).toEqual([name, value])
  }
})

it.each(shared)('%s is explained in a file as the method of the run has it', (name, rows) => {
  for (const [row, method] of rows) {
    if (row.type === 'parts') continue
    const text = printRunFile({ values: { method, [name]: row.default } })
    expect(text).toContain(row.meaning)
  }
})

it('a value that the method of the run refuses is refused there', () => {
  const [row, method] = [...owners.get('decoderWidth')!].sort(([a], [b]) => maxOf(a) - maxOf(b))[0]
  const tooLarge = maxOf(row) + 1
  expect(parseAssignment(`decoderWidth=${tooLarge}`)[1]).toBe(tooLarge)
  expect(() => completeConfig({ method, decoderWidth: tooLarge })).toThrow('decoderWidth')
})

function maxOf(row: PretrainSetting): number {
  return 'max' in row && typeof row.max === 'number' ? row.max : Infinity
}
