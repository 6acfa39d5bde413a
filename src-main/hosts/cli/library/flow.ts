import { Command, Option } from 'commander'
import { FLOW_ALGORITHMS, DEFAULT_FLOW, type FlowAlgorithmName } from '#shared/flow/names.ts'
import { FLOW_SIZE } from '#shared/flow/flow-size.ts'
import { jsonOption, projectOption, wholeNumber } from '../arguments.ts'
import { print, printJson } from '../output.ts'

interface FlowFlags {
  datasetId?: number
  class?: string
  algorithm: FlowAlgorithmName
  size: number
  project: string
  json: boolean
}

/** `--algorithm NAME`, the same for every command. */
export function algorithmOption(): Option {
  return new Option('--algorithm <name>', 'how the motion is found')
    .choices(FLOW_ALGORITHMS)
    .default(DEFAULT_FLOW)
}

export const flowCommand = new Command('flow')
  .description(
    'compute the optical flow of videos in advance and store it on disk; stored flow is not computed again',
  )
  .option('--dataset-id <id>', 'only this data set', wholeNumber(1, Number.MAX_SAFE_INTEGER))
  .option('--class <name>', 'only this class')
  .addOption(algorithmOption())
  .option('--size <pixels>', 'short side of the frames', wholeNumber(16, 512), FLOW_SIZE)
  .addOption(projectOption())
  .addOption(jsonOption())
  .action(async ({ project, json, class: name, ...options }: FlowFlags) => {
    const [{ openWorkbench }, { followJob }] = await Promise.all([
      import('../../../workbench.ts'),
      import('../jobs.ts'),
    ])
    const workbench = await openWorkbench({ project, host: 'cli', existing: true })
    try {
      const request = { ...options, class: name }
      const done = await followJob((signal) => workbench.flow.ahead(request, signal))
      const { total, errors, seconds } = done
      if (json) printJson({ computed: total - errors, errors, seconds })
      else print(`${total - errors} videos have flow, ${errors} failed, in ${seconds.toFixed(1)} s`)
    } finally {
      await workbench.close()
    }
  })
