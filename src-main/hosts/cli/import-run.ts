import { basename, resolve } from 'node:path'
import { Command } from 'commander'
import { jsonOption, modelOption, projectOption, wholeNumber } from './arguments.ts'
import { requestedConfig, setOption } from './hyper-parameter-options.ts'
import { print, printJson, say } from './output.ts'

interface ImportOptions {
  project: string
  name?: string
  model: string
  datasetId?: number
  set: string[]
  json: boolean
}

export const importCommand = new Command('import')
  .description("take an encoder's weights in as a run that can be evaluated")
  .argument('<file>', "safetensors, PyTorch's .pth or .pth.tar, or a run's folder")
  .addOption(modelOption())
  .option('--name <text>', "name of the run (default: the file's)")
  .option('--dataset-id <id>', 'data set (default: the newest)', wholeNumber(1, 2 ** 31))
  .addOption(setOption())
  .addOption(projectOption())
  .addOption(jsonOption())
  .action(async (file: string, _: ImportOptions, command: Command) => {
    // Options that `runs` has, too, are its own wherever they stand.
    const options = command.optsWithGlobals<ImportOptions>()
    const { project: folder, name = basename(file), model, datasetId, set, json } = options
    const { complete } = requestedConfig({ set: [`model=${model}`, ...set] })
    const { openProject } = await import('../../store/project.ts')
    const { importEncoder } = await import('../../runs/import-encoder.ts')
    const project = openProject(folder)
    try {
      const request = { file: resolve(file), name, config: complete, datasetId }
      const { run, weights } = importEncoder(project, request)
      if (json) return printJson({ ...run, weights })
      print(`Run ${run.id} (${run.name}): ${run.notes}`)
      say(`To evaluate it: bin/fame evaluate --run ${run.id} --protocol linear --project ${folder}`)
    } finally {
      project.close()
    }
  })
