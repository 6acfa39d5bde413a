import { resolve } from 'node:path'
import { Command } from 'commander'
import { jsonOption, modelOption, precisionOption, wholeNumber } from './arguments.ts'
import type { EmbedderJob } from './embedder.ts'
import { print, printJson } from './output.ts'

type EmbedOptions = Omit<EmbedderJob, 'video'> & { json: boolean }

export const embedCommand = new Command('embed')
  .description("print an encoder's pooled features of one clip, before the head")
  .argument('<video>', 'video file')
  .addOption(modelOption())
  .requiredOption(
    '--checkpoint <path>',
    "weights: safetensors, PyTorch's .pth or .pth.tar, or a run's folder",
  )
  .option('--start <frame>', 'first frame, as decoded', wholeNumber(0, 2 ** 31), 0)
  .option('--frames <n>', 'frames in the clip', wholeNumber(2, 128), 16)
  .option('--stride <n>', 'distance between two frames', wholeNumber(1, 32), 2)
  .option('--size <pixels>', 'height and width of the centre crop', wholeNumber(16, 1024), 112)
  .addOption(precisionOption())
  .addOption(jsonOption())
  .action(async (video: string, { json, checkpoint, ...request }: EmbedOptions) => {
    const { runTask } = await import('./trainer-task.ts')
    const paths = { video: resolve(video), checkpoint: resolve(checkpoint) }
    const job: EmbedderJob = { ...request, ...paths }
    const features = await runTask<EmbedderJob, number[]>('embedder.ts', job)
    if (json) printJson({ features })
    else print(features.join('\n'))
  })
