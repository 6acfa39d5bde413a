import { tasks, type Protocol } from '#shared/tasks/index.ts'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import { spreadOf, type Spread } from '#shared/metrics/spread.ts'
import { leaderOf, type Candidate } from '#shared/report/best-marks.ts'
import {
  aimOf,
  drawSpread,
  scoreInterval,
  scoreLabel,
  scoreNames,
  type DrawSpread,
} from '#shared/report/scores.ts'
import { measureKey } from './scores.ts'
import { sharedNames } from './shared-names.ts'

export interface ResultColumn {
  key: string
  protocol: Protocol
  /** Such as `top1`. */
  score: string
  label: string
  /** How the protocol's settings differ from its defaults; '' where they do not. */
  apart: string
}
export interface ResultCell extends Spread {
  /** The newest evaluation behind it. */
  id: number
  /** All of them, one for each split list. */
  ids: number[]
  /** 95 % interval over the test videos; null for a mean of split lists and for what is no share. */
  interval: [low: number, high: number] | null
  /** How it differs between draws of labels; null where there are not several. */
  draws: DrawSpread | null
}
export interface ResultRow {
  key: string
  runId: number | null
  name: string
  /** By the column's key. */
  cells: Map<string, ResultCell>
}
export interface ResultTable {
  columns: ResultColumn[]
  rows: ResultRow[]
}

/**
 * What was measured on one data set: a row for each encoder, a column for each protocol, its settings
 * and score, so that only numbers of the same kind stand under one another. Of several results for a
 * cell the newest counts; split lists that were started together count as one, with their spread.
 */
export function resultTable(evaluations: readonly Evaluation[]): ResultTable {
  const columns = new Map<string, ResultColumn>()
  const rows = new Map<string, ResultRow>()
  for (const together of measured(evaluations)) {
    const newest = together.at(-1)!
    const { runId, runName, protocol, result } = newest
    const measure = measureKey(newest)
    const rowKey = `${runId} ${runName}`
    const row = rows.get(rowKey) ?? { key: rowKey, runId, name: runName, cells: new Map() }
    rows.set(rowKey, row)
    for (const score of scoreNames(result?.scores ?? {})) {
      const key = `${measure} ${score}`
      const apart = measure.slice(protocol.length + 3)
      columns.set(key, { key, protocol, score, label: scoreLabel(score), apart })
      const spread = spreadOf(together.flatMap((one) => one.result?.scores[score] ?? []))
      if (!spread) continue
      const interval = spread.count > 1 || !result ? null : scoreInterval(score, result)
      // Several split lists have a spread of their own.
      const draws = spread.count > 1 || !result ? null : drawSpread(score, result)
      const ids = together.map(({ id }) => id)
      const deviation = draws?.deviation ?? spread.deviation
      row.cells.set(key, { ...spread, deviation, id: newest.id, ids, interval, draws })
    }
  }
  const place = (protocol: Protocol) => Object.keys(tasks).indexOf(protocol)
  const sorted = [...columns.values()].sort(
    (a, b) => place(a.protocol) - place(b.protocol) || a.apart.localeCompare(b.apart),
  )
  return { columns: sorted, rows: numbered([...rows.values()]) }
}

/** Rows whose encoders have the same name, told apart by the numbers of their runs. */
function numbered(rows: readonly ResultRow[]): ResultRow[] {
  const shared = sharedNames(rows.map(({ runId, name }) => ({ runId, runName: name })))
  return rows.map((row) => {
    const isShared = row.runId !== null && shared.has(row.name)
    return isShared ? { ...row, name: `${row.name} (run ${row.runId})` } : row
  })
}

/** Split lists that are started together. */
const SPLIT_LISTS = 3

/** Finished evaluations, oldest first; those of a group together once it is whole. */
function measured(evaluations: readonly Evaluation[]): Evaluation[][] {
  const groups = new Map<string, Evaluation[]>()
  for (const evaluation of evaluations.toSorted((a, b) => a.id - b.id)) {
    if (!evaluation.result) continue
    const key = evaluation.group ?? `one ${evaluation.id}`
    groups.set(key, [...(groups.get(key) ?? []), evaluation])
  }
  return [...groups.values()].flatMap((together) => {
    const isWhole = together.length === SPLIT_LISTS
    return isWhole ? [together] : together.map((one) => [{ ...one, group: null }])
  })
}

export interface Contestant extends Candidate {
  /** Evaluations behind its number. */
  ids: number[]
}
/** A column with several numbers, of which one may be the best. */
export interface Contest {
  column: string
  score: string
  /** The row of the best value. */
  leader: Contestant
  others: Contestant[]
}

/**
 * What is to be tested before a best is marked: the leader of each column against every other row. A
 * column with a single row, or without a better and a worse, is none.
 * @param isOut whether the rows of a run do not compete
 */
export function contests(
  { columns, rows }: ResultTable,
  isOut: (runId: number | null) => boolean = () => false,
): Contest[] {
  return columns.flatMap(({ key: column, score }) => {
    const aim = aimOf(score)
    if (aim === 0) return []
    const competing = rows.flatMap(({ key, runId, cells }) => {
      const cell = cells.get(column)
      return cell && !isOut(runId) ? [{ key, value: aim * cell.mean, ids: cell.ids }] : []
    })
    const leader = leaderOf(competing)
    const others = competing.filter((one) => one !== leader)
    return leader && others.length > 0 ? [{ column, score, leader, others }] : []
  })
}

/** Rows by name, or by a column with those that lack it last. */
export function sortRows(
  rows: readonly ResultRow[],
  { by, descending }: { by: string; descending: boolean },
): ResultRow[] {
  const sign = descending ? -1 : 1
  return rows.toSorted((a, b) => {
    if (by === 'name') return sign * a.name.localeCompare(b.name, 'en', { numeric: true })
    const [left, right] = [a.cells.get(by)?.mean, b.cells.get(by)?.mean]
    if (left === undefined || right === undefined) {
      return Number(left === undefined) - Number(right === undefined)
    }
    return sign * (left - right)
  })
}

/** `59.4 ± 1.2`, in per cent; without a deviation where there is but one. */
export function printSpread({ mean, deviation }: Spread): string {
  const value = (100 * mean).toFixed(1)
  return deviation === null ? value : `${value} ± ${(100 * deviation).toFixed(1)}`
}

/** `33.3 to 52.7`, in per cent. */
export function printInterval([low, high]: readonly [number, number]): string {
  return `${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)}`
}
