import { basename, resolve } from 'node:path'
import { Command } from 'commander'
import type { Run } from '#shared/contract/runs.ts'
import { jsonOption, modelOption, projectOption, UsageError, wholeNumber } from '../arguments.ts'
import { requestedConfig, setOption } from './hyper-parameter-options.ts'
import { print, printJson, say } from '../output.ts'

interface ImportOptions {
  project: string
  name?: string
  model: string
  datasetId?: number
  set: string[]
  json: boolean
}

export const importCommand = new Command('import')
  .description(
    "import a run that 'runs export --folder' wrote, or an encoder's weights as a run that can be " +
      'evaluated',
  )
  .argument(
    '<path>',
    "exported run; or weights: safetensors, PyTorch's .pth or .pth.tar, a run's folder",
  )
  .addOption(modelOption())
  .option('--name <text>', "for weights: name of the run (default: the file's)")
  .option(
    '--dataset-id <id>',
    'for weights: data set (default: the newest)',
    wholeNumber(1, 2 ** 31),
  )
  .addOption(setOption())
  .addOption(projectOption())
  .addOption(jsonOption())
  .action(async (path: string, _: ImportOptions, command: Command) => {
    // Options that `runs` has, too, are its own wherever they stand.
    const options = command.optsWithGlobals<ImportOptions>()
    const { isRunFolder } = await import('../../../runs/folder/import-folder.ts')
    if (!isRunFolder(resolve(path))) return importWeights(path, options)
    if (['model', 'name', 'datasetId', 'set'].some((name) => isTyped(command, name))) {
      throw new UsageError(
        `${path} is a run with its own settings. Leave out --model, --name, --dataset-id and --set, which are for weights.`,
      )
    }
    return importRun(path, options)
  })

function isTyped(command: Command, name: string): boolean {
  return command.getOptionValueSource(name) === 'cli'
}

async function importRun(path: string, { project: folder, json }: ImportOptions): Promise<void> {
  const { openWorkbench } = await import('../../../workbench.ts')
  const { followFolder } = await import('./run-folders.ts')
  const workbench = await openWorkbench({ project: folder, host: 'cli' })
  try {
    const { run } = await followFolder('importing', (signal) =>
      workbench.runFolders.import(path, signal),
    )
    if (json) return printJson(run)
    print(`Run ${run.id} (${run.name}): ${run.status} at step ${run.step} of ${run.totalSteps}`)
    await sayWhatIsMissing(run)
  } finally {
    await workbench.close()
  }
}

async function sayWhatIsMissing({ imported, status }: Run): Promise<void> {
  if (!imported?.missing) return
  const { videosOf } = await import('../../../runs/folder/datasets.ts')
  const then = status === 'done' ? '' : ' To resume the run, index that data set first.'
  say(
    `It was trained on ${videosOf(imported.missing)}, and no data set here has all of them.${then} ` +
      'You can compare it and evaluate it on other data sets.',
  )
}

async function importWeights(path: string, options: ImportOptions): Promise<void> {
  const { project: folder, name = basename(path), model, datasetId, set, json } = options
  const { complete } = requestedConfig({ set: [`model=${model}`, ...set] })
  const { openProject } = await import('../../../store/project.ts')
  const { importEncoder } = await import('../../../runs/queue/import-encoder.ts')
  const project = openProject(folder, { existing: true })
  try {
    const request = { file: resolve(path), name, config: complete, datasetId }
    const { run, weights } = await importEncoder(project, request)
    if (json) return printJson({ ...run, weights })
    print(`Run ${run.id} (${run.name}): ${run.notes}`)
    say(`To evaluate it: bin/fame evaluate --run ${run.id} --protocol linear --project ${folder}`)
  } finally {
    project.close()
  }
}
