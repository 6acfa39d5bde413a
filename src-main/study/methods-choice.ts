import { spreadOf } from '#shared/metrics/spread.ts'
import {
  keyOf,
  RIVALS,
  type Cell,
  type KnownCells,
  type MethodRow,
  type MethodsPlan,
} from './methods-plan.ts'
import { CHOSEN_BY } from './shortcut-plan.ts'

/** How the learning rate of a row was chosen. */
export interface RateChoice {
  /** Factor of the recipe's. */
  rate: number
  /** By which it was chosen: accuracy on swapped backgrounds of held-out videos, with seed 1. */
  tried: { rate: number; score: number }[]
  /** Whether all factors of the plan were tried. */
  isWhole: boolean
}

/** The factor with the best validation of seed 1; of equal ones the first of the plan. */
export function chooseRate(
  row: MethodRow,
  { rates }: Pick<MethodsPlan, 'rates'>,
  known: KnownCells,
): RateChoice {
  const tried = rates.flatMap((rate) => {
    const score = known.get(keyOf({ row, seed: 1, rate }))?.validation?.[CHOSEN_BY]
    return score === undefined ? [] : [{ rate, score }]
  })
  const best = tried.reduce<(typeof tried)[number] | null>(
    (a, b) => (a && a.score >= b.score ? a : b),
    null,
  )
  return { rate: best?.rate ?? rates[0], tried, isWhole: tried.length === rates.length }
}

/**
 * The rows that get one more seed: the highest means of validation over the seeds at the chosen rate.
 * None before every pretrained row has all of its seeds, since the order may still change.
 */
export function closestRivals(plan: MethodsPlan, known: KnownCells): MethodRow[] {
  const own = plan.rows.filter(({ kind }) => kind === 'pretrained')
  const means = own.map((row) => {
    const { rate } = chooseRate(row, plan, known)
    const scores = seedsOf(plan).flatMap(
      (seed) => known.get(keyOf({ row, seed, rate }))?.validation?.[CHOSEN_BY] ?? [],
    )
    return { row, spread: spreadOf(scores) }
  })
  if (means.some(({ spread }) => spread?.count !== plan.seeds)) return []
  const sorted = means.toSorted((a, b) => b.spread!.mean - a.spread!.mean)
  return sorted.slice(0, RIVALS).map(({ row }) => row)
}

function seedsOf({ seeds }: Pick<MethodsPlan, 'seeds'>): number[] {
  return Array.from({ length: seeds }, (_, i) => i + 1)
}

/**
 * All cells by what is known so far, in the order in which they are done: one seed of every row at the
 * recipe's own rate, so that the table fills early; the other rates on validation; then every seed at
 * the chosen rate, and one more of the closest rivals. A cell may be listed twice; what is done of it
 * is not done again.
 */
export function cellsOf(plan: MethodsPlan, known: KnownCells): Cell[] {
  const pretrained = plan.rows.filter(({ kind }) => kind === 'pretrained')
  const chosen = (row: MethodRow): number =>
    row.kind === 'pretrained' ? chooseRate(row, plan, known).rate : 1
  const tested = (row: MethodRow, seed: number, rate: number): Cell => {
    return { row, seed, rate, measured: 'test' }
  }
  return [
    ...plan.rows.map((row) => tested(row, 1, row.kind === 'pretrained' ? plan.rates[0] : 1)),
    ...plan.rates.slice(1).flatMap((rate) =>
      pretrained.map((row): Cell => {
        return { row, seed: 1, rate, measured: 'validation' }
      }),
    ),
    ...seedsOf(plan).flatMap((seed) => plan.rows.map((row) => tested(row, seed, chosen(row)))),
    ...closestRivals(plan, known).map((row) => tested(row, plan.seeds + 1, chosen(row))),
  ]
}

/** Whether what a cell measures is known. */
export function isDone(cell: Cell, known: KnownCells): boolean {
  const scores = known.get(keyOf(cell))
  if (cell.measured === 'validation') return scores?.validation !== undefined
  const isValidated = cell.row.kind !== 'pretrained' || scores?.validation !== undefined
  return isValidated && scores?.test !== undefined
}

/** The cells that are still to be done, each once. */
export function cellsLeft(plan: MethodsPlan, known: KnownCells): Cell[] {
  const left = new Map<string, Cell>()
  for (const cell of cellsOf(plan, known)) {
    const key = keyOf(cell)
    if (!isDone(cell, known) && !left.has(key)) left.set(key, cell)
  }
  return [...left.values()]
}
