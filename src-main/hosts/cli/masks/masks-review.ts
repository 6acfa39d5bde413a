import { Command, Option } from 'commander'
import {
  queueOrderSchema,
  queueQuerySchema,
  type QueueItem,
  type QueueOrder,
} from '#shared/contract/mask-windows.ts'
import { jsonOption, projectOption, wholeNumber } from '../arguments.ts'
import { withClipShape, withQueueFilter, queueFilterOf } from './masks-windows.ts'
import type { QueueFilterOptions } from './masks-windows.ts'
import { print, printJson, table } from '../output.ts'

interface SurveyOptions {
  datasetId?: number
  class?: string
  frames: number
  stride: number
  size: number
  compensate: boolean
  again: boolean
  project: string
  json: boolean
}

export const surveyCommand = withClipShape(
  new Command('survey').description(
    "score how reliable FAME's mask of the middle clip of each video is, for the review queue",
  ),
)
  .option('--dataset-id <id>', 'only this data set', wholeNumber(1, Number.MAX_SAFE_INTEGER))
  .option('--class <name>', 'only this class')
  .option('--size <pixels>', 'short side of the frames analysed', wholeNumber(16, 448), 112)
  .option('--compensate', "remove the camera's motion first", false)
  .option('--again', 'also score clips that already have a score', false)
  .addOption(projectOption())
  .addOption(jsonOption())
  .action(async ({ project, json, class: name, ...options }: SurveyOptions) => {
    const [{ openWorkbench }, { followJob }] = await Promise.all([
      import('../../../workbench.ts'),
      import('../jobs.ts'),
    ])
    const workbench = await openWorkbench({ project, host: 'cli', existing: true })
    try {
      const request = { ...options, class: name }
      const done = await followJob((signal) => workbench.masks.survey(request, signal))
      const { total, errors, seconds } = done
      if (json) printJson({ scored: total - errors, errors, seconds })
      else print(`${total - errors} clips scored, ${errors} failed, in ${seconds.toFixed(1)} s`)
    } finally {
      await workbench.close()
    }
  })

type QueueOptions = QueueFilterOptions & {
  order: QueueOrder
  offset: number
  limit: number
  project: string
  json: boolean
}

export const queueCommand = withQueueFilter(
  new Command('queue').description(
    'list the clips that need review first; works while a window has the project open',
  ),
)
  .addOption(
    new Option('--order <name>', 'order of the list')
      .choices(queueOrderSchema.options)
      .default('priority'),
  )
  .option('--offset <n>', 'number of clips to skip', wholeNumber(0, Number.MAX_SAFE_INTEGER), 0)
  .option('--limit <n>', 'number of clips to list', wholeNumber(1, 500), 50)
  .addOption(projectOption())
  .addOption(jsonOption('print one JSON line per clip'))
  .action(async ({ project: folder, json, order, offset, limit, ...filter }: QueueOptions) => {
    const { openProject } = await import('../../../store/project.ts')
    const project = openProject(folder, { readonly: true })
    try {
      const query = { ...queueFilterOf(filter), order, offset, limit }
      const { total, items } = project.store.maskQueue.page(queueQuerySchema.parse(query))
      if (json) return items.forEach((item) => printJson(item))
      print(asTable(items))
      print(`${items.length} of ${total} clips`)
    } finally {
      project.close()
    }
  })

function asTable(items: readonly QueueItem[]): string {
  const header = ['video', 'start', 'state', 'priority', 'stability', 'area', 'agreement', 'path']
  const figure = (value: number | undefined): string => value?.toFixed(2) ?? '-'
  const rows = items.map(({ videoId, start, state, score, path, reasons }) => [
    ...[videoId, start, state, figure(score?.priority), figure(score?.stability)],
    ...[figure(score?.area), figure(score?.agreement), path, reasons.join(', ')],
  ])
  return table([...header, 'why'], rows)
}
