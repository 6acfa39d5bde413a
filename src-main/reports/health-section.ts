import { isImported } from '#shared/config/presets.ts'
import type { Run } from '#shared/contract/runs.ts'
import { complaintsOf, type JudgedMetric } from '#shared/metrics/health.ts'
import { healthWords } from '#shared/metrics/health-words.ts'
import { escapeMarkup } from '#shared/text/markup.ts'
import { renderTable } from './page.ts'

/** How the metrics of each run ended beside their healthy ranges, with the remedy where one is out. */
export function healthSection({
  runs,
  health,
}: {
  runs: readonly Run[]
  health: ReadonlyMap<number, readonly JudgedMetric[]>
}): string {
  const measured = runs.filter(
    (run) => !isImported(run) && health.get(run.id)?.some(({ latest }) => latest !== null),
  )
  if (measured.length === 0) return ''
  const parts = measured.map((run) => ofRun(run, health.get(run.id)!))
  return `<h2>Health of pretraining</h2>
<p>The mean of the latest steps of each metric, and the range in which it should be once a run has begun to
learn. The ranges follow from the settings.</p>
${parts.join('\n')}`
}

function ofRun({ name, config }: Run, judged: readonly JudgedMetric[]): string {
  const rows = judged.map((one) => Object.values(healthWords(one, config.method)) as string[])
  const complaints = complaintsOf(judged)
  const remedies = complaints.map((complaint) => `<li>${escapeMarkup(complaint)}</li>`)
  const summary = complaints.length === 0 ? '' : `: ${complaints.length} to look at`
  return `<details${complaints.length > 0 ? ' open' : ''}><summary>${escapeMarkup(name)}${summary}</summary>
${renderTable({ header: ['Metric', 'Mean of the latest steps', 'Healthy range', 'Verdict'], rows })}
${remedies.length > 0 ? `<ul>${remedies.join('')}</ul>` : ''}
</details>`
}
