import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import { datasetFormatSchema, type DatasetFormat } from '#shared/contract/videos.ts'
import { jsonOption, projectOption } from './arguments.ts'
import { print, printJson } from './output.ts'

interface IndexOptions {
  dataset: DatasetFormat
  project: string
  json: boolean
}

export const indexCommand = new Command('index')
  .description('take a folder of videos into a project')
  .argument('<dir>', 'folder of the data set')
  .addOption(
    new Option('--dataset <format>', 'layout of the folder')
      .choices(datasetFormatSchema.options)
      .default('ucf101'),
  )
  .addOption(projectOption())
  .addOption(jsonOption())
  .action(async (dir: string, options: IndexOptions) => {
    const [{ openWorkbench }, { followJob }] = await Promise.all([
      import('../../workbench.ts'),
      import('./jobs.ts'),
    ])
    const workbench = await openWorkbench({ project: options.project, host: 'cli' })
    try {
      const request = { folder: resolve(dir), format: options.dataset }
      const done = await followJob((signal) => workbench.index(request, signal))
      const { total, errors, seconds, datasetId } = done
      if (options.json) printJson({ datasetId, videos: total, errors, seconds })
      else print(`${total} videos, ${errors} of them damaged, in ${seconds.toFixed(1)} s`)
    } finally {
      await workbench.close()
    }
  })
