import { Command } from 'commander'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { presets } from '#shared/config/presets.ts'
import { differencesFromPaper, recipes } from '#shared/config/recipes.ts'
import { jsonOption } from './arguments.ts'
import { print, printJson, table } from './output.ts'

export const presetsCommand = new Command('presets')
  .description('list the presets of pretrain: by data set, method and machine')
  .addOption(jsonOption('print one JSON line a preset'))
  .action(({ json }: { json: boolean }) => {
    const rows = presets.map(({ name, label, meaning, recipe, size, values }) => ({
      ...{ name, label, meaning, size, values },
      recipe: recipes[recipe].meaning,
      unlikePaper: differencesFromPaper(recipe, completeConfig(values)),
    }))
    if (json) return rows.forEach(printJson)
    const lines = rows.map(({ name, label, unlikePaper }) => [
      name,
      label,
      unlikePaper === null
        ? 'not of the paper'
        : unlikePaper.map((one) => `${one.name} ${one.here} (${one.paper})`).join(', ') ||
          'as the paper',
    ])
    print(table(['preset', 'what', 'unlike the paper (paper)'], lines))
  })
