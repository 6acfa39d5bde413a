import published from '../../resources/published-results.json' with { type: 'json' }
import type { Evaluation } from '#shared/contract/evaluations.ts'
import type { Dataset } from '#shared/contract/videos.ts'
import {
  benchmarkOf,
  madeOtherwise,
  OTHERWISE,
  publishedKey,
  publishedRows,
} from '#shared/report/published.ts'
import { scoreLabel } from '#shared/report/scores.ts'
import { escapeMarkup } from '#shared/text/markup.ts'
import { renderTable } from './page.ts'

/**
 * What papers report on a benchmark by the protocol of an evaluation, with a sign at what was
 * evaluated otherwise, and the differences below; '' where they report nothing.
 */
export function publishedSection(dataset: Dataset, evaluation: Evaluation): string {
  const benchmark = benchmarkOf(dataset.format, dataset.classes.length)
  const { protocol } = evaluation
  const names = Object.keys(evaluation.result!.scores)
  const rows = publishedRows(published, benchmark ?? '').filter(({ values }) =>
    names.some((name) => publishedKey(protocol, name) in values),
  )
  if (benchmark === null || rows.length === 0) return ''
  const reasons = new Map<string, string[]>()
  const cells = rows.map((row) => {
    const why = madeOtherwise(row, evaluation)
    const sign = why.length > 0 ? ` ${OTHERWISE}` : ''
    const said = why.join('; ')
    if (said) reasons.set(said, [...(reasons.get(said) ?? []), row.method])
    const values = names.map((name) => {
      const value = row.values[publishedKey(protocol, name)]
      return value === undefined ? '' : `${(100 * value).toFixed(1)}${sign}`
    })
    return [row.method, `${row.pretrain}, ${row.backbone}`, ...values, row.source]
  })
  const table = {
    header: ['Method', 'Pretraining', ...names.map(scoreLabel), 'Source'],
    rows: cells,
    words: [0, 1, names.length + 2],
  }
  const notes = [...reasons].map(([said, methods]) => {
    return `<li>${escapeMarkup([...new Set(methods)].join(', '))}: ${escapeMarkup(said)}</li>`
  })
  const otherwise =
    notes.length === 0
      ? ''
      : `<p>${OTHERWISE} marks rows that were evaluated differently:</p><ul>${notes.join('')}</ul>`
  return `<details><summary>Published on ${escapeMarkup(benchmark)}</summary>
${renderTable(table)}${otherwise}</details>\n`
}
