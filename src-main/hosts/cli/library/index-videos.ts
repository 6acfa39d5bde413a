import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import {
  datasetFormats,
  describeWarnings,
  FRAME_RATE,
  formatTitles,
  type DatasetFormat,
} from '#shared/contract/indexing.ts'
import { jsonOption, projectOption, realNumber, wholeNumber } from '../arguments.ts'
import { print, printJson } from '../output.ts'

interface IndexOptions {
  dataset: DatasetFormat | 'auto'
  annotations?: string
  splitList?: number
  frameRate?: number
  verify: boolean
  project: string
  json: boolean
}

export const indexCommand = new Command('index')
  .description('add a folder of videos to a project')
  .argument('<dir>', 'folder of the data set')
  .addOption(
    new Option('--dataset <format>', 'format of the data set; auto detects it from the folder')
      .choices(['auto', ...datasetFormats])
      .default('auto'),
  )
  .option(
    '--annotations <dir>',
    'folder of the split lists, if they are not in the folder of the videos',
  )
  .option(
    '--split-list <n>',
    'which split of UCF101 or HMDB51, 1 to 3 (default: 1)',
    wholeNumber(1, 3),
  )
  .option(
    '--frame-rate <n>',
    `frames per second of folders of frames (default: ${FRAME_RATE}, or the rate given before)`,
    realNumber(0.01, 1000),
  )
  .option('--verify', 'decode every video completely, to find damage inside it', false)
  .addOption(projectOption())
  .addOption(jsonOption())
  .addHelpText('after', () => `\nFormats:\n${formatLines().join('\n')}`)
  .action(async (dir: string, options: IndexOptions) => {
    const [{ openWorkbench }, { followJob }] = await Promise.all([
      import('../../../workbench.ts'),
      import('../jobs.ts'),
    ])
    // Before the project: a slip of the pen must not leave a new one behind.
    await checkFolder(resolve(dir))
    const workbench = await openWorkbench({ project: options.project, host: 'cli' })
    try {
      const { dataset: format, splitList, frameRate, verify } = options
      const annotations = options.annotations && resolve(options.annotations)
      const folder = resolve(dir)
      const request = { folder, format, annotations, splitList, frameRate, verify }
      const done = await followJob((signal) => workbench.index(request, signal))
      const { total, errors, seconds, datasetId, warnings, frameFolders } = done
      if (options.json) {
        const { format: dataset } = done
        printJson({ datasetId, dataset, videos: total, errors, warnings, frameFolders, seconds })
        return
      }
      print(`${total} videos, ${errors} of them damaged, in ${seconds.toFixed(1)} s`)
      if (frameFolders) {
        const { videos, frameRate: rate } = frameFolders
        print(
          `${videos} are folders of frames, read at ${rate} frames/s (change it with --frame-rate)`,
        )
      }
      const warned = describeWarnings(warnings)
      if (warned !== '') print(`Warnings: ${warned}`)
    } finally {
      await workbench.close()
    }
  })

async function checkFolder(folder: string): Promise<void> {
  const stats = await stat(folder).catch(() => null)
  if (stats?.isDirectory()) return
  const fact = stats ? `${folder} is a file, not a folder.` : `There is no folder ${folder}.`
  throw new Error(`${fact} Choose the folder that contains the videos.`)
}

function formatLines(): string[] {
  return datasetFormats.map((format) => {
    const { title, layout } = formatTitles[format]
    return `  ${format.padEnd(12)} ${title}: ${layout}`
  })
}
