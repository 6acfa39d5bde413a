import { Command } from 'commander'
import { jsonOption, projectOption, wholeNumber } from '../arguments.ts'
import { print, printJson, table } from '../output.ts'

interface DatasetsOptions {
  project: string
  json: boolean
}

const id = wholeNumber(1, Number.MAX_SAFE_INTEGER)

const remove = new Command('remove')
  .description(
    'remove a data set from a project and write its masks to a file; its videos are not deleted',
  )
  .argument('<id>', 'number of the data set', id)
  .option('--no-export', 'delete its masks and decisions without writing them to a file')
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
      if (exported) print(`The masks of ${exported.windows} clips were exported to ${exported.out}`)
      print(`Removed. The project has ${datasets.length} other data sets.`)
    } finally {
      await workbench.close()
    }
  })

const relocate = new Command('relocate')
  .description('give the new folder of a data set that has moved; facts about its videos are kept')
  .argument('<id>', 'number of the data set', id)
  .argument('<dir>', 'folder that has its videos now')
  .addOption(projectOption())
  .addOption(jsonOption())
  .action(async (dataset: number, folder: string, options: DatasetsOptions) => {
    const { openWorkbench } = await import('../../../workbench.ts')
    const workbench = await openWorkbench({ project: options.project, host: 'cli', existing: true })
    try {
      const found = await workbench.relocateDataset(dataset, folder)
      if (options.json) printJson(found)
      else print(`found ${found.found} videos there, ${found.missing} are missing`)
    } finally {
      await workbench.close()
    }
  })

const list = new Command('list')
  .description('list the data sets of a project; works while a window has it open')
  .addOption(projectOption())
  .addOption(jsonOption('print one JSON line per data set'))
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
