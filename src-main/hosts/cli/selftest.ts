import { resolve } from 'node:path'
import { Command } from 'commander'
import type { Outcome } from '../../selftest/report.ts'
import type { RunOptions } from '../../selftest/run-checks.ts'
import { jsonOption, UsageError } from './arguments.ts'
import { print, printJson, say } from './output.ts'
import { progressView } from './progress.ts'

interface Options {
  out: string
  only: string[]
  list: boolean
  json: boolean
}

export const selftestCommand = new Command('selftest')
  .description('compare this device with reference figures and write a report that can be sent')
  .option('--out <dir>', 'folder of the report, as JSON and as Markdown', '.')
  .option('--only <checks...>', 'only checks whose names begin so: masks, networks, steps/...', [])
  .option('--list', 'list the names of all checks', false)
  .addOption(jsonOption())
  .addHelpText(
    'after',
    '\nThe report names the processor and the GPU, but neither host nor user nor folders.',
  )
  .action(async ({ out, only, list, json }: Options) => {
    const { checksNamed, selftest } = await import('../../selftest/selftest.ts')
    const checks = checksNamed(only)
    if (checks.length === 0) {
      throw new UsageError(`No check begins with ${only.join(' or ')}. See --list.`)
    }
    if (list && json) return printJson(checks.map(({ id, title }) => ({ id, title })))
    if (list) return print(checks.map(({ id }) => id).join('\n'))
    const { prepareFolder, writeReport } = await import('../../selftest/report-files.ts')
    const folder = resolve(out)
    await prepareFolder(folder)
    const { countsOf, reportJson } = await import('../../selftest/report.ts')
    const { failureText } = await import('../../selftest/markdown.ts')
    const view = progressView()
    const report = await selftest({ checks, ...followIn(view, checks.length, failureText) })
    view.end()
    const base = await writeReport(folder, report)
    if (json) print(reportJson(report))
    const { passed, failed, skipped } = countsOf(report)
    say(`${passed} checks passed, ${failed} failed, ${skipped} skipped.`)
    say(`The report is in ${base}.md and ${base}.json.`)
    if (failed > 0) throw new Error('Some checks failed. Please send the report with a bug report.')
  })

function followIn(
  view: ReturnType<typeof progressView>,
  total: number,
  explain: (outcome: Outcome) => string,
): Pick<RunOptions, 'started' | 'ended'> {
  let done = 0
  const show = (note: string): void =>
    view.update({
      phase: 'Checking',
      done,
      total,
      rate: 0,
      unit: 'checks',
      secondsLeft: null,
      note,
    })
  return {
    started: ({ title, precision }) => show(precision ? `${title}, ${precision}` : title),
    ended: (outcome) => {
      done++
      if (outcome.state === 'failed') view.remark(explain(outcome))
      show(outcome.title)
    },
  }
}
