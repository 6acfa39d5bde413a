import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import { encoders } from '#shared/encoders/index.ts'
import { clipFrames } from '#shared/fame/clip-window.ts'
import type { Embedding } from '../../../trainer/evaluation/embed.ts'
import {
  jsonOption,
  modelOption,
  precisionOption,
  projectOption,
  UsageError,
  wholeNumber,
} from '../arguments.ts'
import type { EmbedderJob } from './embedder.ts'
import { print, printJson, say } from '../output.ts'

type EmbedOptions = Omit<EmbedderJob, 'video' | 'checkpoint'> & {
  checkpoint?: string
  run?: number
  project: string
  json: boolean
}

export const embedCommand = new Command('embed')
  .description("print an encoder's pooled features of one clip, before the head")
  .argument('<video>', 'video file')
  .addOption(modelOption())
  .option(
    '--checkpoint <path>',
    "weights: safetensors, PyTorch's .pth or .pth.tar, or a run's folder",
  )
  .addOption(
    new Option('--run <id>', 'use the encoder and weights of a run instead')
      .argParser(wholeNumber(1, 2 ** 31))
      .conflicts(['checkpoint', 'model']),
  )
  .addOption(projectOption())
  .option('--start <frame>', 'first frame, as decoded', wholeNumber(0, 2 ** 31), 0)
  .option('--frames <n>', 'frames in the clip', wholeNumber(2, 128), 16)
  .option('--stride <n>', 'distance between two frames', wholeNumber(1, 32), 2)
  .option('--size <pixels>', 'height and width of the centre crop', wholeNumber(16, 1024), 112)
  .addOption(precisionOption())
  .addOption(jsonOption())
  .action(async (video: string, options: EmbedOptions) => {
    const { run, project, json, precision, checkpoint: file, model, ...clip } = options
    const { runTask } = await import('../trainer-task.ts')
    const source = run === undefined ? weightsOf(file, model) : await weightsOfRun(project, run)
    const job: EmbedderJob = { ...clip, ...source, precision, video: resolve(video) }
    const { features, weights } = await runTask<EmbedderJob, Embedding>(
      'evaluations/embedder.ts',
      job,
    )
    if (weights.missing.length > 0)
      say(
        `The file lacks these tensors of the head, which is not used: ${weights.missing.join(', ')}`,
      )
    const frames = clipFrames(clip.start, clip)
    if (weights.unreadable.length > 0) {
      say(`These tensors cannot be read and are left out: ${weights.unreadable.join(', ')}`)
    }
    const { scaling } = encoders[job.model]
    const { model: encoder, checkpoint } = job
    if (json) printJson({ features, model: encoder, checkpoint, scaling, frames, weights })
    else print(features.join('\n'))
  })

type WeightsSource = Pick<EmbedderJob, 'model' | 'checkpoint'>

function weightsOf(file: string | undefined, model: EmbedderJob['model']): WeightsSource {
  if (file !== undefined) return { model, checkpoint: resolve(file) }
  throw new UsageError('Name the weights: --checkpoint FILE, or --run ID with --project DIR.')
}

async function weightsOfRun(folder: string, id: number): Promise<WeightsSource> {
  const { openProject } = await import('../../../store/project.ts')
  const project = openProject(folder, { readonly: true })
  try {
    return { model: project.store.runs.get(id).config.model, checkpoint: project.runFolder(id) }
  } finally {
    project.close()
  }
}
