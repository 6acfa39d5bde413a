import { Command } from 'commander'
import type { BetaScope } from '#shared/contract/mask-windows.ts'
import { jsonOption, projectOption, UsageError, wholeNumber } from '../arguments.ts'
import { foregroundRatio } from './masks-decide.ts'
import { print, printJson } from '../output.ts'

interface BetaOptions {
  datasetId?: number
  class?: string
  clear?: true
  project: string
  json: boolean
}

export const betaCommand = new Command('beta')
  .description(
    'list the foreground ratios that are set, or set the one of the project or of a class',
  )
  .argument('[ratio]', 'share of the frame that is foreground', foregroundRatio)
  .option('--dataset-id <id>', 'data set of the class', wholeNumber(1, Number.MAX_SAFE_INTEGER))
  .option('--class <name>', 'only for this class')
  .option('--clear', 'remove the ratio')
  .addOption(projectOption())
  .addOption(jsonOption('print one JSON line per ratio'))
  .action(async (ratio: number | undefined, { project: folder, json, ...options }: BetaOptions) => {
    if (ratio !== undefined && options.clear) {
      throw new UsageError('Expected a ratio or --clear, not both.')
    }
    const of = scopeOf(options)
    const isAsked = ratio === undefined && !options.clear
    const { openProject } = await import('../../../store/project.ts')
    const project = openProject(folder, { readonly: isAsked, existing: true })
    try {
      const { maskBetas, datasets } = project.store
      if (of.scope === 'class') datasets.get(of.datasetId)
      const all = isAsked ? maskBetas.list() : maskBetas.set(of, ratio ?? null)
      for (const { of, beta } of all) {
        if (json) printJson({ ...of, beta })
        else print(`${beta}  ${nameOf(of)}`)
      }
    } finally {
      project.close()
    }
  })

function scopeOf({ datasetId, class: name }: Pick<BetaOptions, 'datasetId' | 'class'>): BetaScope {
  if (datasetId !== undefined && name !== undefined) {
    return { scope: 'class', datasetId, class: name }
  }
  if (datasetId === undefined && name === undefined) return { scope: 'project' }
  throw new UsageError('Expected --dataset-id and --class together.')
}

function nameOf(of: BetaScope): string {
  return of.scope === 'project' ? 'the project' : `${of.class} of data set ${of.datasetId}`
}
