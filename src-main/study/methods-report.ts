import { completeConfig } from '#shared/config/pretrain-config.ts'
import { meanInterval, newcombe, spreadOf, wilson } from '#shared/metrics/spread.ts'
import { formatTable, type TextTable } from '#shared/report/table.ts'
import { escapeMarkup } from '#shared/text/markup.ts'
import { dotPlot } from '../reports/dot-plot.ts'
import { renderPage, renderTable } from '../reports/page.ts'
import type { MethodsResult } from './methods.ts'
import { chooseRate } from './methods-choice.ts'
import { methodsNotes } from './methods-notes.ts'
import { keyOf, methodColumns, SUPERVISED_COLUMN, type MethodRow } from './methods-plan.ts'

const TITLE = 'Methods compared'
const LABELS = methodColumns.map(({ label }) => label)
const [FIRST] = LABELS
const MISSING = 'not yet run'

/** What was measured of a row at its chosen rate, seed by seed. */
interface MeasuredRow {
  row: MethodRow
  rate: number
  seeds: { seed: number; scores: Record<string, number> }[]
}

/** Every row with the seeds that are known of it, the extra one of a rival included. */
export function measuredRows({ plan, known }: MethodsResult): MeasuredRow[] {
  return plan.rows.map((row) => {
    const rate = row.kind === 'pretrained' ? chooseRate(row, plan, known).rate : 1
    const seeds = Array.from({ length: plan.seeds + 1 }, (_, i) => i + 1)
    const measured = seeds.flatMap((seed) => {
      const scores = known.get(keyOf({ row, seed, rate }))?.test
      return scores ? [{ seed, scores }] : []
    })
    return { row, rate, seeds: measured }
  })
}

/** Rows against columns, in %: the mean over the seeds with both intervals. */
export function methodsTable(result: MethodsResult): TextTable {
  return {
    header: ['Encoder', 'Learning rate', 'Seeds', ...LABELS],
    rows: measuredRows(result).map((measured) => [
      measured.row.name,
      rateOf(measured, result),
      String(measured.seeds.length),
      ...LABELS.map((label) => printCell(measured, label, result)),
    ]),
    words: [0, 1],
    best: [],
  }
}

/** `0.05`, or `0.1 (1 of 3 tried)` while it is not chosen among all. */
function rateOf({ row, rate }: MeasuredRow, { plan, known }: MethodsResult): string {
  if (!row.preset) return ''
  const { lr } = completeConfig(row.preset.values)
  const own = String(Number((lr * rate).toPrecision(6)))
  const { tried, isWhole } = chooseRate(row, plan, known)
  return isWhole ? own : `${own} (${tried.length} of ${plan.rates.length} tried)`
}

function printCell(measured: MeasuredRow, label: string, result: MethodsResult): string {
  const { row, seeds, rate } = measured
  if (row.kind === 'supervised' && label !== SUPERVISED_COLUMN) return '–'
  const spread = spreadOf(seeds.flatMap(({ scores }) => scores[label] ?? []))
  if (!spread) return result.failed.has(keyOf({ row, seed: 1, rate })) ? 'failed' : MISSING
  const overSeeds = meanInterval(spread)
  const beside = overSeeds ? ` {${printBounds(overSeeds)}}` : ''
  const overVideos = printBounds(wilson(spread.mean, result.testVideos))
  return `${(100 * spread.mean).toFixed(1)} [${overVideos}]${beside}`
}

function printBounds([low, high]: readonly [number, number]): string {
  return `${(100 * low).toFixed(0)}–${(100 * high).toFixed(0)}`
}

/** What merging does to each method, and which rows do not beat random weights. */
export function methodsFindings(result: MethodsResult): string[] {
  const rows = measuredRows(result)
  const gains = rows.flatMap((merged) => {
    const { preset } = merged.row
    if (!preset || preset.merge === 'none') return []
    const plain = rows.find(({ row: { preset: other } }) => {
      return other?.method === preset.method && other.merge === 'none'
    })
    return plain ? against(merged, plain, result) : []
  })
  return [...gains, ...belowRandom(rows)]
}

/** One sentence where the two have a seed in common. */
function against(own: MeasuredRow, other: MeasuredRow, { testVideos }: MethodsResult): string[] {
  const pairs = own.seeds.flatMap(({ seed, scores }) => {
    const same = other.seeds.find((each) => each.seed === seed)
    return same ? [[scores[FIRST], same.scores[FIRST]] as const] : []
  })
  const spread = spreadOf(pairs.map(([a, b]) => 100 * (a - b)))
  if (!spread) return []
  const [a, b] = [0, 1].map((side) => spreadOf(pairs.map((pair) => pair[side]))!.mean)
  const [low, high] = newcombe(a, b, testVideos).map((bound) => signed(100 * bound))
  return [
    `${own.row.name}: ${signed(spread.mean)} points of ${FIRST} against ${other.row.name} with the ` +
      `same ${pairs.length === 1 ? 'seed' : `${pairs.length} seeds`}; over the test videos ${low} to ${high}.`,
  ]
}

function belowRandom(rows: readonly MeasuredRow[]): string[] {
  const meanOf = ({ seeds }: MeasuredRow): number | undefined =>
    spreadOf(seeds.map(({ scores }) => scores[FIRST]))?.mean
  const random = rows.find(({ row }) => row.kind === 'random')
  const floor = random && meanOf(random)
  if (floor === undefined) return []
  const below = rows.filter(
    (one) => one.row.kind === 'pretrained' && (meanOf(one) ?? Infinity) <= floor,
  )
  if (below.length === 0) return []
  const names = below.map(({ row }) => row.name).join('; ')
  return [`No better than random weights by ${FIRST} (${(100 * floor).toFixed(1)} %): ${names}.`]
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`
}

interface Provenance {
  command: string
  version: string
}

/** The study as Markdown. */
export function methodsMarkdown(result: MethodsResult, made: Provenance): string {
  const list = methodsFindings(result).map((text) => `- ${text}`)
  return [
    `# ${TITLE}`,
    ...methodsNotes(result).before,
    formatTable(methodsTable(result), 'markdown').trimEnd(),
    ...methodsNotes(result).after,
    `![${FIRST} of every encoder and seed](methods.svg)`,
    ...(list.length > 0 ? ['## What the figures say', list.join('\n')] : []),
    `Made with \`${made.command}\`, FAME Workbench ${made.version}, on ${result.device}.`,
  ]
    .map((part) => `${part}\n`)
    .join('\n')
}

/** The study as one HTML page that needs nothing else. */
export function methodsHtml(result: MethodsResult, made: Provenance): string {
  const paragraphs = (texts: readonly string[]): string =>
    texts.map((text) => `<p>${escapeMarkup(text)}</p>`).join('\n')
  const { before, after } = methodsNotes(result)
  const list = methodsFindings(result).map((text) => `<li>${escapeMarkup(text)}</li>`)
  const body = `<h1>${TITLE}</h1>
${paragraphs(before)}
${renderTable(methodsTable(result))}
${paragraphs(after)}
<h2>${FIRST}, every seed</h2>
<figure>${methodsFigure(result)}</figure>
${list.length > 0 ? `<h2>What the figures say</h2>\n<ul>${list.join('')}</ul>` : ''}
<footer>${escapeMarkup(made.command)} · FAME Workbench ${escapeMarkup(made.version)} ·
${escapeMarkup(result.device)}</footer>`
  return renderPage(TITLE, body, { wide: true })
}

/** Top-1 of every encoder and seed, as SVG. */
export function methodsFigure(result: MethodsResult): string {
  const known = measuredRows(result).filter(({ seeds }) => seeds.length > 0)
  const lines = known.map(({ row, seeds }) => ({
    name: row.name,
    values: seeds.map(({ scores }) => scores[FIRST]),
    isMain: row.preset !== null && row.preset.merge !== 'none',
  }))
  return dotPlot(`${FIRST} of every encoder and seed`, lines, result.chance || 0)
}

/** Everything that is known, for programs. */
export function methodsJson(result: MethodsResult): unknown {
  const { plan, known, failed, ...facts } = result
  const { rows, ...settings } = plan
  return {
    ...facts,
    plan: { ...settings, rows: rows.map(({ name }) => name) },
    cells: [...known].map(([cell, scores]) => ({ cell, ...scores })),
    failed: [...failed].map(([cell, reason]) => ({ cell, reason })),
    table: methodsTable(result),
  }
}
