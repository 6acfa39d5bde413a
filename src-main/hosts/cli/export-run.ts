import { resolve } from 'node:path'
import { Command } from 'commander'
import { jsonOption, projectOption, wholeNumber } from './arguments.ts'
import { writeOutput } from './files.ts'
import { print, printJson } from './output.ts'

interface ExportOptions {
  project: string
  out: string
  best: boolean
  json: boolean
}

export const exportCommand = new Command('export')
  .description("write a run's encoder as safetensors, under PyTorch's names")
  .argument('<id>', 'run', wholeNumber(1, Number.MAX_SAFE_INTEGER))
  .requiredOption('--out <file>', 'file to write')
  .option('--best', 'of the checkpoint with the least mean loss, not of the newest', false)
  .addOption(projectOption())
  .addOption(jsonOption())
  .action(async (id: number, _: ExportOptions, command: Command) => {
    // Options that `runs` has, too, are its own wherever they stand.
    const { project: folder, out, best, json } = command.optsWithGlobals<ExportOptions>()
    const { openProject } = await import('../../store/project.ts')
    const { encoderWeights } = await import('../../trainer/weights/encoder-weights.ts')
    const project = openProject(folder, { readonly: true })
    try {
      const { name, config } = project.store.runs.get(id)
      const metadata = { run: name, model: config.model }
      const { step, bytes } = encoderWeights(
        project.runFolder(id),
        metadata,
        best ? 'best' : 'newest',
      )
      const file = resolve(out)
      await writeOutput(file, bytes)
      if (json) printJson({ run: id, model: config.model, step, file, bytes: bytes.length })
      else print(`${file}: ${config.model} of run ${id} after ${step} steps`)
    } finally {
      project.close()
    }
  })
