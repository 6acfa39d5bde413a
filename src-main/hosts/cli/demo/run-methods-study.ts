import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import manifest from '../../../../package.json' with { type: 'json' }
import { METHODS, type MethodName } from '#shared/methods/index.ts'
import { formatTable, tableFormats } from '#shared/report/table.ts'
import { keyOf, methodRows, type MethodsPlan } from '../../../study/methods-plan.ts'
import {
  methodsFigure,
  methodsHtml,
  methodsJson,
  methodsMarkdown,
  methodsTable,
} from '../../../study/methods-report.ts'
import { studyMethods, type MethodsResult } from '../../../study/methods.ts'
import { openWorkbench } from '../../../workbench.ts'
import { interruption } from '../jobs.ts'
import { clock, print, printJson, say, table } from '../output.ts'
import { progressView } from '../progress.ts'
import { sampleSet, standalone } from './run-study.ts'

export interface MethodsSettings extends Pick<MethodsPlan, 'seeds' | 'rates' | 'steps'> {
  /** Absolute. */
  project: string
  /** Absolute. */
  out: string
  methods: readonly MethodName[]
  /** Names of lists of methods that train together. */
  combinations: readonly string[]
  /** Left out: until all is done. */
  hours?: number
  /** Trains nothing: reports what the project has. */
  known: boolean
  json: boolean
}

/**
 * Compares the methods, writes the report after every cell and prints its table at the end.
 * @throws Error when it is interrupted; what is done stays
 */
export async function methodsStudy(settings: MethodsSettings): Promise<void> {
  const { project, out, json, known, hours, seeds, rates, steps } = settings
  const workbench = await openWorkbench({ project, host: 'cli' })
  const view = progressView()
  // Only a report that names its command can be made again.
  const made = { command: commandOf(settings), version: manifest.version }
  const deadline = hours === undefined ? null : AbortSignal.timeout(hours * 3_600_000)
  const signal = AbortSignal.any([interruption(), ...(deadline ? [deadline] : [])])
  let newest: MethodsResult | null = null
  try {
    const datasetId = await sampleSet(workbench)
    const videos = workbench.project.store.videos.count({ datasetId, split: 'train' })
    await studyMethods(workbench, {
      datasetId,
      plan: {
        rows: methodRows(settings.methods, settings.combinations),
        seeds,
        rates,
        steps,
        videos,
      },
      onlyKnown: known,
      signal,
      onCell(cell, left, secondsLeft) {
        view.end()
        const time = secondsLeft === null ? 'time left not known yet' : `${clock(secondsLeft)} left`
        say(`\n${keyOf(cell)}: ${left} to do, ${time}`)
      },
      async onKnown(result) {
        newest = result
        await writeReport(out, result, made)
      },
      onProgress: (progress) => view.update(progress),
    })
  } catch (error) {
    if (!deadline?.aborted) throw error
    view.end()
    say('\nThe time is up. The same command continues from here.')
  } finally {
    view.end()
    await workbench.close()
  }
  if (newest) show(newest, { json, out })
}

function show(result: MethodsResult, { json, out }: Pick<MethodsSettings, 'json' | 'out'>): void {
  if (json) return printJson(methodsJson(result))
  const { header, rows } = methodsTable(result)
  const lines = rows.map((line) => [...line])
  print(`\n${table([...header], lines)}\n\nReport: ${join(out, 'methods.html')}`)
}

/** As it is typed; what is at its default is left out, `--seeds` and `--steps` aside. */
function commandOf({ methods, combinations, seeds, rates, steps }: MethodsSettings): string {
  const all = METHODS.every((name) => methods.includes(name))
  return [
    'bin/fame study methods',
    ...(all ? [] : [`--methods ${methods.join(',')}`]),
    ...(combinations.length > 0 ? [`--combinations ${combinations.join(',')}`] : []),
    `--seeds ${seeds} --rates ${rates.join(',')} --steps ${steps}`,
  ].join(' ')
}

async function writeReport(
  folder: string,
  result: MethodsResult,
  made: { command: string; version: string },
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text)
  await write('methods.html', methodsHtml(result, made))
  await write('methods.svg', standalone(methodsFigure(result)))
  await write('methods.json', `${JSON.stringify(methodsJson(result), null, 2)}\n`)
  await write(`methods.${tableFormats.markdown}`, methodsMarkdown(result, made))
  for (const format of ['csv', 'latex'] as const) {
    await write(`methods.${tableFormats[format]}`, formatTable(methodsTable(result), format))
  }
}
