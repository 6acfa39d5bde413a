import { resolve } from 'node:path'
import { Command } from 'commander'
import type { Project } from '../../../store/project.ts'
import { jsonOption, projectOption, UsageError, wholeNumber } from '../arguments.ts'
import { writeOutput } from './files.ts'
import { print, printJson } from '../output.ts'

interface ExportOptions {
  project: string
  out?: string
  best: boolean
  folder?: string
  tensorboard?: string
  json: boolean
}

/** What was written, for `--json`, and the same in words. */
interface Written {
  value: object
  words: string
}

export const exportCommand = new Command('export')
  .description(
    "write a run: its encoder as safetensors under PyTorch's names (--out), all of it as a folder " +
      'that another project can import (--folder), or its curves for TensorBoard (--tensorboard)',
  )
  .argument('<id>', 'run', wholeNumber(1, Number.MAX_SAFE_INTEGER))
  .option('--out <file>', 'file for the encoder')
  .option('--best', 'use the checkpoint with the lowest mean loss, not the newest', false)
  .option('--folder <dir>', 'folder for the whole run; it must not exist yet')
  .option('--tensorboard <dir>', 'folder for an event file with all metrics')
  .addOption(projectOption())
  .addOption(jsonOption())
  .action(async (id: number, _: ExportOptions, command: Command) => {
    // Options that `runs` has, too, are its own wherever they stand.
    const options = command.optsWithGlobals<ExportOptions>()
    const write = chosen(options)
    const { openProject } = await import('../../../store/project.ts')
    const project = openProject(options.project, { readonly: true })
    try {
      const { value, words } = await write(project, id)
      if (options.json) printJson({ run: id, ...value })
      else print(words)
    } finally {
      project.close()
    }
  })

function chosen({ out, best, folder, tensorboard }: ExportOptions) {
  const ways = [
    out !== undefined && ((project: Project, id: number) => encoder(project, id, out, best)),
    folder !== undefined && ((project: Project, id: number) => wholeRun(project, id, folder)),
    tensorboard !== undefined &&
      ((project: Project, id: number) => events(project, id, tensorboard)),
  ].filter((way) => way !== false)
  const [way] = ways
  if (!way || ways.length > 1) {
    throw new UsageError('Give one of --out FILE, --folder DIR and --tensorboard DIR.')
  }
  if (best && out === undefined) throw new UsageError('--best needs --out FILE.')
  return way
}

async function encoder(project: Project, id: number, out: string, best: boolean): Promise<Written> {
  const { encoderWeights } = await import('../../../trainer/weights/encoder-weights.ts')
  const { name, config } = project.store.runs.get(id)
  const { model } = config
  const folder = project.runFolder(id)
  const { step, bytes } = encoderWeights(folder, model, { run: name }, best ? 'best' : 'newest')
  const file = resolve(out)
  await writeOutput(file, bytes)
  return {
    value: { model, step, file, bytes: bytes.length },
    words: `${file}: ${model} of run ${id} after ${step} steps`,
  }
}

async function wholeRun(project: Project, id: number, dir: string): Promise<Written> {
  const { exportRunFolder } = await import('../../../runs/folder/export-folder.ts')
  const { followFolder } = await import('./run-folders.ts')
  const { folder, files, bytes } = await followFolder('exporting', (signal) =>
    exportRunFolder(project, id, resolve(dir), signal),
  )
  const size = `${files} files, ${(bytes / 1e6).toFixed(1)} MB`
  return { value: { folder, files, bytes }, words: `${folder}: run ${id} (${size})` }
}

async function events(project: Project, id: number, dir: string): Promise<Written> {
  const { exportEvents } = await import('../../../runs/curves/export-events.ts')
  const file = await exportEvents(project, id, resolve(dir))
  const words = file ?? `Run ${id} has no metrics yet, so there is nothing to write.`
  return { value: { file }, words }
}
