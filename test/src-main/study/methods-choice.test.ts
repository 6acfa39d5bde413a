import { describe, expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { METHODS } from '#shared/methods/index.ts'
import { partsOf } from '#shared/methods/parts.ts'
import { cellsLeft, cellsOf, chooseRate, closestRivals } from '#main/study/methods-choice.ts'
import {
  keyOf,
  methodRows,
  supervisedSettings,
  valuesOf,
  type CellScores,
  type MethodsPlan,
} from '#main/study/methods-plan.ts'
import { TimeLeft } from '#main/study/time-left.ts'

const rows = methodRows(['moco', 'simclr'])
const plan: MethodsPlan = { rows, seeds: 2, rates: [1, 0.5], steps: 12, videos: 192 }
const pretrained = rows.filter(({ kind }) => kind === 'pretrained')
const [first, second] = pretrained

/** Scores of some cells: what they are chosen by, and the opposite of it on the test split. */
function known(scores: Record<string, number>): Map<string, CellScores> {
  return new Map(
    Object.entries(scores).map(([key, swapped]) => [
      key,
      { validation: { Swapped: swapped }, test: { 'Top-1': 1 - swapped } },
    ]),
  )
}

/** Does all that is left, with scores by row and rate, until nothing is. */
function finished(scoreOf: (name: string, rate: number) => number): Map<string, CellScores> {
  const all = new Map<string, CellScores>()
  for (let [cell] = cellsLeft(plan, all); cell; [cell] = cellsLeft(plan, all)) {
    const swapped = scoreOf(cell.row.name, cell.rate)
    const { validation, test } = known({ one: swapped }).get('one')!
    const isTested = cell.measured === 'test'
    all.set(keyOf(cell), { validation, ...(isTested && { test }) })
  }
  return all
}

it('has every method of the index, without merging and with it, between random weights and labels', () => {
  const names = methodRows().map(({ name }) => name)
  expect(names).toHaveLength(2 * METHODS.length + 2)
  expect([names[0], names.at(-1)]).toEqual(['Random', 'Supervised'])
  expect(new Set(names).size).toBe(names.length)
  expect(rows.slice(1, 5).map(({ preset }) => [preset!.method, preset!.merge])).toEqual([
    ['moco', 'none'],
    ['moco', 'query'],
    ['simclr', 'none'],
    ['simclr', 'query'],
  ])
})

describe('the values of a cell', () => {
  it('are as many videos for every row, and its own share of the learning rate', () => {
    const of = (rate: number) => valuesOf({ row: first, seed: 3, rate }, plan)
    // 12 steps of 32 are two passes over 192 videos.
    expect(of(1)).toEqual({ epochs: 2, seed: 3 })
    expect(of(0.5)).toEqual({ epochs: 2, seed: 3, lr: 0.05 })
    const small = { ...first, preset: { ...first.preset!, values: { batch: 64, queue: 192 } } }
    const odd = { ...plan, videos: 100, steps: 20 }
    // A batch of 64 leaves 36 of 100 videos out: 640 videos are ten passes.
    expect(valuesOf({ row: small, seed: 1, rate: 1 }, odd).epochs).toBe(10)
    expect(supervisedSettings(plan)).toMatchObject({ epochs: 2, milestone1: 1, milestone2: 2 })
  })
})

describe('the choice of a learning rate', () => {
  it('goes by validation alone, and says whether all rates were tried', () => {
    const half = known({ [keyOf({ row: first, seed: 1, rate: 1 })]: 0.4 })
    expect(chooseRate(first, plan, half)).toMatchObject({ rate: 1, isWhole: false })
    half.set(keyOf({ row: first, seed: 1, rate: 0.5 }), { validation: { Swapped: 0.6 } })
    expect(chooseRate(first, plan, half)).toEqual({
      rate: 0.5,
      isWhole: true,
      tried: [
        { rate: 1, score: 0.4 },
        { rate: 0.5, score: 0.6 },
      ],
    })
    expect(chooseRate(second, plan, half)).toMatchObject({ rate: 1, tried: [] })
  })
})

describe('the cells of a plan', () => {
  it('begin with one seed of every row, then try rates, then repeat seeds', () => {
    const cells = cellsLeft(plan, new Map())
    expect(cells.slice(0, 6).map(({ row, rate, seed }) => [row.name, rate, seed])).toEqual(
      rows.map(({ name }) => [name, 1, 1]),
    )
    expect(cells.slice(6, 10).map(({ rate, measured }) => [rate, measured])).toEqual(
      pretrained.map(() => [0.5, 'validation']),
    )
    // Seed 2 of every row; which rows are rivals is not known yet.
    expect(cells.slice(10).map(({ seed }) => seed)).toEqual(rows.map(() => 2))
  })

  it('end when every row has its seeds at its chosen rate, and the best one more', () => {
    const scoreOf = (name: string, rate: number): number =>
      name === first.name ? rate / 2 : name === second.name ? 0.6 * (1 - rate) : 0.1
    const all = finished(scoreOf)
    expect(cellsLeft(plan, all)).toEqual([])
    const tested = [...all].flatMap(([key, { test }]) => (test ? [key] : []))
    expect(tested).toContain(keyOf({ row: first, seed: 2, rate: 1 }))
    expect(tested).toContain(keyOf({ row: second, seed: 2, rate: 0.5 }))
    expect(tested).not.toContain(keyOf({ row: second, seed: 2, rate: 1 }))
    const rivals = closestRivals(plan, all)
    expect(rivals.map(({ name }) => name).slice(0, 2)).toEqual([first.name, second.name])
    for (const row of rivals) {
      expect(tested).toContain(keyOf({ row, seed: 3, rate: chooseRate(row, plan, all).rate }))
    }
    // Nothing that is done is listed as missing when a colleague adds a method.
    const more = { ...plan, rows: [...rows.slice(0, 3), rows[5]] }
    expect(cellsOf(more, all).length).toBeGreaterThan(0)
    expect(cellsLeft(more, all)).toEqual([])
  })
})

describe('the time left', () => {
  it('is not known before the first cell, then follows rows that were measured', () => {
    const time = new TimeLeft()
    const all = [first, first, second]
    expect(time.of(all)).toBeNull()
    time.add(first, 10)
    expect(time.of(all)).toBe(30)
    time.add(second, 40)
    expect(time.of(all)).toBe(60)
  })
})

it('adds rows of methods that train together, each with its list of parts', () => {
  const names = (of: readonly { name: string }[]) => of.map(({ name }) => name)
  const all = methodRows(['moco'], ['pace-moco-fame'])
  expect(names(all)).toEqual([
    ...['Random', 'MoCo', 'MoCo + FAME', 'Pace prediction + MoCo with FAME', 'Supervised'],
  ])
  const row = all[3]
  const values = valuesOf({ row, seed: 2, rate: 1 }, plan)
  const config = completeConfig({ ...row.preset!.values, ...values })
  expect(partsOf(config).map(({ name }) => name)).toEqual(['pace', 'moco'])
  expect(config).toMatchObject({ seed: 2, epochs: 2, merge: 'none' })
})
