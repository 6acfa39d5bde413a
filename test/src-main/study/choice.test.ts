import { expect, it } from 'vitest'
import { presets } from '#shared/config/presets.ts'
import { chooseBetas } from '#main/study/choice.ts'
import { shortcutRows } from '#main/study/shortcut-plan.ts'

const row = (name: string, ...swapped: (number | null)[]) => ({
  name,
  seeds: swapped.map((value, i) => ({
    seed: i + 1,
    // The test split says the opposite.
    scores: { 'Top-1': 1 - (value ?? 0) },
    ...(value !== null && { validation: { 'Top-1': 1 - value, Swapped: value } }),
  })),
})

it('takes the β with the highest mean on swapped backgrounds of held-out videos', () => {
  const rows = [
    row('MoCo', 0.9, 0.9),
    row('FAME, β 0.3', 0.5, 0.4),
    row('FAME, β 0.5', 0.7, 0.3),
    row('FAME, β 0.7', 0.2, 0.6),
    row('FAME seed, β 0.3', 0.5, 0.5),
    row('FAME seed, β 0.5', 0.5, 0.5),
  ]
  expect(chooseBetas({ rows })).toMatchObject([
    // Of equal means the smaller β.
    { family: 'FAME seed', chosen: 'FAME seed, β 0.3' },
    {
      family: 'FAME',
      chosen: 'FAME, β 0.5',
      means: [{ mean: 0.45 }, { mean: 0.5 }, { mean: 0.4 }],
    },
  ])
})

it('chooses nothing where a row was not validated, or stands alone', () => {
  expect(chooseBetas({ rows: [row('FAME, β 0.3', 0.5), row('FAME, β 0.5', null)] })).toEqual([])
  expect(chooseBetas({ rows: [row('FAME, β 0.3', 0.5)] })).toEqual([])
})

it('has a row for the preset that readers are offered, and colours beside every plain β', () => {
  const { beta } = presets.find(({ name }) => name === 'small-fame')!.values
  const names = shortcutRows.map(({ name }) => name)
  expect(names).toContain(`FAME, β ${beta}`)
  for (const name of names.filter((one) => /^(MoCo|FAME, β.*)$/.test(one))) {
    expect(names).toContain(name.replace(/^(MoCo|FAME)/, '$1 with colours'))
  }
  for (const variant of ['gauss', 'seed']) {
    const own = names.filter((name) => name.startsWith(`FAME ${variant}`))
    expect(own).toEqual([0.3, 0.5, 0.7].map((b) => `FAME ${variant}, β ${b}`))
  }
})
