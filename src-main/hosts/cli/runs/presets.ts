import { Command } from 'commander'
import { learningRateText } from '#shared/config/learning-rate.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { presets } from '#shared/config/presets.ts'
import { paperDifferences, recipes, type PaperDifferences } from '#shared/config/recipes.ts'
import { jsonOption } from '../arguments.ts'
import { print, printJson, table } from '../output.ts'

export const presetsCommand = new Command('presets')
  .description('list the presets by data set, method and machine')
  .addOption(jsonOption('print one JSON line per preset'))
  .action(({ json }: { json: boolean }) => {
    const rows = presets.map(({ recipe, method, merge, size, values, ...texts }) => ({
      ...texts,
      recipe,
      method,
      merge,
      size,
      values,
      recipeMeaning: recipes[recipe].meaning,
      rate: learningRateText(completeConfig(values)),
      differences: paperDifferences(recipe, completeConfig(values)),
    }))
    if (json) {
      return rows.forEach(({ differences, ...row }) =>
        printJson({
          ...row,
          unlikePaper: differences?.settings ?? null,
          unlikeReference: differences?.implementation.map(({ id, title }) => ({ id, title })),
        }),
      )
    }
    const lines = rows.map(({ name, label, rate, differences }) => [
      name,
      rate ? `${label}; learning rate ${rate}` : label,
      differences ? settingsText(differences) : 'not in the paper',
      differences ? String(differences.implementation.length) : '',
    ])
    print(
      table(
        ['preset', 'what', "settings that differ from the paper (paper's value)", 'in code'],
        lines,
      ),
    )
    print(
      '“In code” counts the known differences from the reference implementation that no setting describes; docs/reference-differences.md lists them.',
    )
  })

function settingsText({ settings }: PaperDifferences): string {
  const parts = settings.map(({ name, here, paper }) => `${name} ${here} (${paper})`)
  return parts.join(', ') || 'none'
}
