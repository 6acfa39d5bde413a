import { resolve } from 'node:path'
import { Command } from 'commander'
import { jsonOption, wholeNumber } from '../arguments.ts'
import { print, printJson } from '../output.ts'

export const sampleCommand = new Command('sample')
  .description('write a small action data set whose backgrounds mislead, in the layout of UCF101')
  .argument('<dir>', 'folder to write to')
  .option(
    '--seed <n>',
    'seed; the same seed writes the same videos',
    wholeNumber(0, 2_147_483_647),
    1,
  )
  .option('--hard', 'a moving camera, and objects textured as the ground is', false)
  .addOption(jsonOption())
  .action(async (dir: string, options: { seed: number; hard: boolean; json: boolean }) => {
    const [{ writeSampleSet }, { followJob }] = await Promise.all([
      import('../../../datasets/sample-set/write-sample-set.ts'),
      import('../jobs.ts'),
    ])
    const folder = resolve(dir)
    const { total, seconds } = await followJob((signal) =>
      writeSampleSet(folder, { seed: options.seed, kind: options.hard ? 'hard' : 'plain', signal }),
    )
    if (options.json) printJson({ folder, videos: total, seconds })
    else print(`${total} videos in ${folder}`)
  })
