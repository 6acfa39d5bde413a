import { Option } from 'commander'
import { presetNamed, presetOf, samplePresets } from '#shared/config/presets.ts'
import { recipeNames, recipes, recipeSizes } from '#shared/config/recipes.ts'
import type { RecipeName, RecipeSize } from '#shared/config/recipes.ts'
import { METHODS, type MethodName } from '#shared/methods/index.ts'
import type { Values } from '#shared/methods/method.ts'
import { viewSettings } from '#shared/views/settings.ts'
import { UsageError } from '../arguments.ts'

/** A preset by name, or its parts one by one. */
export interface PresetOptions {
  preset?: string
  recipe?: RecipeName
  method?: MethodName
  merge?: (typeof viewSettings.merge.choices)[number]
  size?: RecipeSize
}

/** `--recipe`, `--method`, `--merge` and `--size`. */
export function choiceOptions(): [Option, Option, Option, Option] {
  return [
    new Option('--recipe <name>', 'recipe: settings for a data set')
      .choices(recipeNames)
      .conflicts(['preset', 'config']),
    new Option('--method <name>', 'method of pretraining').choices(METHODS),
    new Option('--merge <views>', viewSettings.merge.meaning).choices(viewSettings.merge.choices),
    new Option('--size <machine>', 'kind of machine that the settings suit').choices(recipeSizes),
  ]
}

/**
 * The preset that the options name, and settings that go beyond it.
 * @throws UsageError where a size is given and no recipe
 */
export function chosenPreset({ preset, recipe, method, merge, size }: PresetOptions): {
  preset?: string
  values: Values
} {
  // What is given here counts, whatever a file of settings says.
  const given = { ...(method && { method }), ...(merge && { merge }) }
  const whole = samplePresets.merged
  const named = preset === undefined ? null : presetNamed(preset)
  const base = recipe ? { ...whole, recipe, size: recipes[recipe].plain } : named
  if (!base) {
    if (size) {
      throw new UsageError(
        "--size chooses one of a recipe's sizes. Add --recipe, or name a preset in the file.",
      )
    }
    return { values: given }
  }
  const choice = { ...base, ...(method && { method }), ...(size && { size }) }
  // Presets by name merge the first view or none; both is a setting beyond them.
  const isBoth = merge === 'both'
  const { name } = presetOf({ ...choice, merge: isBoth ? 'query' : (merge ?? choice.merge) })
  return { preset: name, values: given }
}
