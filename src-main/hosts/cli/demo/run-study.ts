import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import manifest from '../../../../package.json' with { type: 'json' }
import { formatTable, tableFormats } from '#shared/report/table.ts'
import { STYLE } from '../../../reports/style.ts'
import {
  studyFigure,
  studyHtml,
  studyMarkdown,
  studyTable,
} from '../../../study/shortcut-report.ts'
import { studyShortcut, type StudyResult } from '../../../study/shortcut.ts'
import { openWorkbench, type Workbench } from '../../../workbench.ts'
import { followJob, interruption } from '../jobs.ts'
import { clock, print, printJson, say, table } from '../output.ts'
import { progressView } from '../progress.ts'

export interface ShortcutSettings {
  /** Absolute. */
  project: string
  /** Absolute. */
  out: string
  seeds: number
  rows?: readonly string[]
  /** Trains nothing: reports what the project has. */
  known: boolean
  json: boolean
}

/** Does the study, prints its table and writes its report. @throws Error when a step fails. */
export async function shortcut(settings: ShortcutSettings): Promise<void> {
  const { project, out, seeds, rows, known, json } = settings
  const workbench = await openWorkbench({ project, host: 'cli' })
  const view = progressView()
  try {
    const datasetId = await sampleSet(workbench)
    const result = await studyShortcut(workbench, {
      datasetId,
      seeds: Array.from({ length: seeds }, (_, i) => i + 1),
      rows,
      onlyKnown: known,
      signal: interruption(),
      onEncoder(title, left, secondsLeft) {
        view.end()
        const time = secondsLeft === null ? 'time left not known yet' : `${clock(secondsLeft)} left`
        say(`\n${title}: ${left} to do, ${time}`)
      },
      onProgress: (progress) => view.update(progress),
    })
    view.end()
    const command = ['bin/fame study shortcut', `--seeds ${seeds}`]
    if (rows) command.push(`--rows '${rows.join(';')}'`)
    await writeReport(out, result, command.join(' '))
    if (json) printJson(result)
    else {
      const { header, rows: lines } = studyTable(result)
      print(
        `\n${table(
          [...header],
          lines.map((line) => [...line]),
        )}`,
      )
      print(`\nReport: ${join(out, 'shortcut.html')}`)
    }
  } finally {
    view.end()
    await workbench.close()
  }
}

/** The project's sample set, made when it is missing. */
export async function sampleSet(workbench: Workbench): Promise<number> {
  const { project } = workbench
  const known = project.store.datasets.list().find(({ folder }) => folder === project.sampleFolder)
  if (known) return known.id
  const { datasetId } = await followJob((signal) => workbench.makeSample(signal))
  if (datasetId !== null) return datasetId
  throw new Error('The sample set was not indexed. Start the study again.')
}

async function writeReport(folder: string, result: StudyResult, command: string): Promise<void> {
  const made = { command, version: manifest.version }
  await mkdir(folder, { recursive: true })
  const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text)
  await write('shortcut.html', studyHtml(result, made))
  await write('shortcut.svg', standalone(studyFigure(result)))
  await write('shortcut.json', `${JSON.stringify(result, null, 2)}\n`)
  await write(`shortcut.${tableFormats.markdown}`, studyMarkdown(result, made))
  for (const format of ['csv', 'latex'] as const) {
    const name = `shortcut.${tableFormats[format]}`
    await write(name, formatTable(studyTable(result), format))
  }
}

/** A figure with the styles that the page around it would give. */
export function standalone(svg: string): string {
  return svg.replace('>', `><style>${STYLE}</style>`)
}
