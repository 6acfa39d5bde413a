import { resolve } from 'node:path'
import { Command } from 'commander'
import { jsonOption, wholeNumber } from '../arguments.ts'
import { writeOutput } from '../runs/files.ts'
import { print, printJson } from '../output.ts'

interface FrameOptions {
  index: number
  out: string
  json: boolean
}

export const frameCommand = new Command('frame')
  .description('write one frame of a video as PNG at full size')
  .argument('<video>', 'video file')
  .requiredOption('--index <n>', 'number of the frame, as decoded, from 0', wholeNumber(0, 2 ** 31))
  .requiredOption('--out <file>', 'PNG file to write')
  .addOption(jsonOption())
  .action(async (video: string, { index, out, json }: FrameOptions) => {
    const { DecoderPool } = await import('../../../video/decoder-pool.ts')
    const decoders = new DecoderPool({ size: 1 })
    try {
      const file = resolve(out)
      const png = await decoders.framePng(resolve(video), index)
      await writeOutput(file, png)
      if (json) printJson({ video: resolve(video), index, file, bytes: png.length })
      else print(file)
    } finally {
      decoders.close()
    }
  })
