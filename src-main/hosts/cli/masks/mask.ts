import { join, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { maskLayerSchema, maskVariantSchema } from '#shared/contract/masks.ts'
import type { ClipMaskRequest, MaskOutput } from '../../../masks/jobs/mask-protocol.ts'
import { jsonOption, realNumber, wholeNumber } from '../arguments.ts'
import { writeOutput } from '../runs/files.ts'
import { print, printJson } from '../output.ts'

type MaskOptions = ClipMaskRequest & { out: string; json: boolean }

export const maskCommand = new Command('mask')
  .description(
    "make a clip's foreground mask: mask.png, soft.png, seed.png and overlay.png; with --variant motion also a mask for each frame, frame-0.png and so on",
  )
  .argument('<video>', 'video file')
  .option('--start <frame>', 'first frame, as decoded', wholeNumber(0, 2 ** 31), 0)
  .option('--frames <n>', 'frames in the clip', wholeNumber(2, 128), 16)
  .option('--stride <n>', 'distance between two frames', wholeNumber(1, 32), 2)
  .option('--size <pixels>', 'height and width of the mask', wholeNumber(16, 1024), 112)
  .option('--beta <ratio>', 'share of the frame that is foreground', realNumber(0.01, 0.99), 0.5)
  .addOption(
    new Option('--variant <name>', 'how the mask is made')
      .choices(maskVariantSchema.options)
      .default('fame'),
  )
  .option('--adaptive', 'choose beta for the clip automatically', false)
  .option('--compensate', "remove the camera's motion before differencing", false)
  .requiredOption('--out <dir>', 'folder for the pictures')
  .addOption(jsonOption())
  .action(async (video: string, { out, json, ...request }: MaskOptions) => {
    const [{ DecoderPool }, { clipMask }] = await Promise.all([
      import('../../../video/decoder-pool.ts'),
      import('../../../masks/clip-mask.ts'),
    ])
    const decoders = new DecoderPool({ size: 1 })
    try {
      const layers = maskLayerSchema.options
      const mask = await clipMask(decoders, resolve(video), request, { layers, byFrame: true })
      const files = await writeLayers(mask, resolve(out))
      if (json) printJson({ video: resolve(video), ...request, ...mask.summary, files })
      else print([...Object.values(files), `beta ${mask.summary.beta.toFixed(3)}`].join('\n'))
    } finally {
      decoders.close()
    }
  })

async function writeLayers(
  { layers, frames, summary }: MaskOutput,
  folder: string,
): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  const byFrame = frames.map((png, t): [string, Uint8Array] => [`frame-${summary.indices[t]}`, png])
  for (const [layer, png] of [...Object.entries(layers), ...byFrame]) {
    files[layer] = join(folder, `${layer}.png`)
    await writeOutput(files[layer], png)
  }
  return files
}
