import { Command } from 'commander'
import { jsonOption, projectOption, UsageError } from '../arguments.ts'
import { checkDataset, filterOf, withFilterOptions, type FilterOptions } from './library-options.ts'
import { print, printJson } from '../output.ts'

type TagOptions = FilterOptions & {
  project: string
  add: string[]
  remove: string[]
  undo?: true
  redo?: true
  json: boolean
}

export const tagCommand = withFilterOptions(
  new Command('tag').description('add tags to all videos that pass a filter, or remove them'),
)
  .option('--add <names...>', 'tags to add', [])
  .option('--remove <names...>', 'tags to remove', [])
  .option('--undo', 'undo the last tag change instead')
  .option('--redo', 'redo the tag change that was undone last instead')
  .addOption(projectOption())
  .addOption(jsonOption())
  .action(async (options: TagOptions) => {
    const { add, remove, undo, redo } = options
    if (!undo && !redo && add.length + remove.length === 0) {
      throw new UsageError('Expected --add, --remove, --undo or --redo.')
    }
    const { openWorkbench } = await import('../../../workbench.ts')
    const workbench = await openWorkbench({ project: options.project, host: 'cli', existing: true })
    try {
      const { tagging, project } = workbench
      checkDataset(project.store, options)
      const done =
        undo || redo
          ? await tagging.step(undo ? 'undo' : 'redo')
          : await tagging.edit({ videos: { filter: filterOf(options) }, add, remove })
      if (options.json) printJson(done)
      else print(done ? `${done.label}: ${done.videos} videos` : 'There is nothing to do.')
    } finally {
      await workbench.close()
    }
  })
