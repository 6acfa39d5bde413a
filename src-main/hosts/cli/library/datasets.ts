import { Command } from 'commander'
import { jsonOption, projectOption, wholeNumber } from '../arguments.ts'
import { print, printJson, table } from '../output.ts'

interface DatasetsOptions {
  project: string
  json: boolean
}

const id = wholeNumber(1, Number.MAX_SAFE_INTEGER)

const remove = new Command('remove')
  .description('take a data set out of a project, its masks into a file; its own files stay')
  .argument('<id>', 'number of the data set', id)
  .option('--no-export', 'let its masks and decisions go')
  .addOption(projectOption())
  .addOption(jsonOption())
  .action(async (dataset: number, options: DatasetsOptions & { export: boolean }) => {
    const { openWorkbench } = await import('../../../workbench.ts')
    const workbench = await openWorkbench({ project: options.project, host: 'cli', existing: true })
    try {
      const { datasets, exported } = await workbench.removeDataset(dataset, {
        exports: options.export,
      })
      if (options.json) return printJson({ left: datasets.map((one) => one.id), exported })
      if (exported) print(`Masks of ${exported.windows} clips are in ${exported.out}`)
      print(`Removed; ${datasets.length} data sets are left.`)
    } finally {
      await workbench.close()
    }
  })

const relocate = new Command('relocate')
  .description('follow a data set whose folder has moved; what is known of its videos stays')
  .argument('<id>', 'number of the data set', id)
  .argument('<dir>', 'folder that holds its videos now')
  .addOption(projectOption())
  .addOption(jsonOption())
  .action(async (dataset: number, folder: string, options: DatasetsOptions) => {
    const { openWorkbench } = await import('../../../workbench.ts')
    const workbench = await openWorkbench({ project: options.project, host: 'cli', existing: true })
    try {
      const found = await workbench.relocateDataset(dataset, folder)
      if (options.json) printJson(found)
      else print(`${found.found} videos found there, ${found.missing} missing`)
    } finally {
      await workbench.close()
    }
  })

const list = new Command('list')
  .description('list the data sets of a project; works while a window has it open')
  .addOption(projectOption())
  .addOption(jsonOption('print one JSON line a data set'))
  .action(async (options: DatasetsOptions) => {
    const { openProject } = await import('../../../store/project.ts')
    const project = openProject(options.project, { readonly: true })
    try {
      const datasets = project.store.datasets.list()
      if (options.json) datasets.forEach((dataset) => printJson(dataset))
      else {
        const rows = datasets.map((one) => [
          ...[one.id, one.name, one.format, one.videos, one.damaged, one.classes.length],
          one.folder,
        ])
        const header = ['id', 'name', 'format', 'videos', 'damaged', 'classes', 'folder']
        print(table(header, rows))
      }
    } finally {
      project.close()
    }
  })

export const datasetsCommand = new Command('datasets')
  .description('list, remove and relocate data sets')
  .addCommand(list, { isDefault: true })
  .addCommand(remove)
  .addCommand(relocate)
