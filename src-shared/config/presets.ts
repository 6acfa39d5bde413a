import type { DatasetFormat } from '../contract/indexing.ts'
import { DEFAULT_METHOD, METHODS, methodNamed, type MethodName } from '../methods/index.ts'
import type { AnyConfig, Values } from '../methods/method.ts'
import { ConfigError } from '../settings/check.ts'
import { wholeName } from './part-values.ts'
import {
  completeConfig,
  defaultConfig,
  settingsOf,
  type PretrainConfig,
} from './pretrain-config.ts'
import {
  recipeNames,
  recipes,
  recipeSizes,
  type Recipe,
  type RecipeName,
  type RecipeSize,
} from './recipes.ts'

export type Merge = PretrainConfig['merge']

/** One recipe with one method, with or without merging, sized for one kind of machine. */
export interface PresetChoice {
  recipe: RecipeName
  method: MethodName
  merge: Merge
  size: RecipeSize
}
export interface Preset extends PresetChoice {
  /** `fame-ucf101`, `fame-ucf101-gpu`: the size is left out where it is the recipe's own. */
  name: string
  label: string
  meaning: string
  values: Values
}

const SUFFIXES: Record<RecipeSize, string> = { cpu: 'CPU', gpu: 'one GPU', big: 'big GPU' }
export const sizeLabels: Record<RecipeSize, string> = {
  cpu: 'CPU',
  gpu: 'One GPU',
  big: 'Big GPU',
}

/** The merges that presets have by name; `both` is a setting of a run. */
const NAMED_MERGES = ['query', 'none'] as const

/** Starting points for a run; anything not named is the table's default. */
export const presets: readonly Preset[] = recipeNames.flatMap((recipe) =>
  METHODS.flatMap((method) =>
    NAMED_MERGES.flatMap((merge) =>
      recipeSizes.map((size) => presetOf({ recipe, method, merge, size })),
    ),
  ),
)

/** What the demo, the study and the first run start from: the sample set on a processor. */
export const samplePresets = {
  merged: sampleWith('query'),
  plain: sampleWith('none'),
} as const

function sampleWith(merge: Merge): Preset {
  return presetOf({ recipe: 'sample', method: DEFAULT_METHOD, merge, size: 'cpu' })
}

/** The preset of a choice: every choice has one. */
export function presetOf(choice: PresetChoice): Preset {
  const { recipe, method, merge, size } = choice
  const { on, plain, values, sizes } = recipes[recipe]
  const label = on === 'small' ? `Small ${labelOf(choice)}` : `${labelOf(choice)} ${on}`
  const without = merge === 'none' ? '. Without foreground-background merging' : ''
  const common = { ...values, ...sizes[size].values, merge }
  const own = methodNamed(method).recipe(recipe, { ...defaultConfig(method), ...common }, size)
  const named = method === DEFAULT_METHOD ? {} : { method }
  return {
    ...choice,
    name: nameOf(choice),
    label: size === plain ? label : `${label}, ${SUFFIXES[size]}`,
    meaning: sizeMeaning(choice) + without,
    values: { ...named, ...common, ...own },
  }
}

/** What a size of a recipe means for a method: also how few negatives it leaves, where parts have fewer. */
export function sizeMeaning({ recipe, method, size }: Omit<PresetChoice, 'merge'>): string {
  const { meaning, values } = recipes[recipe].sizes[size]
  const config = { ...defaultConfig(method), ...recipes[recipe].values, ...values }
  const uncut = { ...config, batch: config.batch * config.accumulate, accumulate: 1 }
  const descriptor = methodNamed(method)
  const [seen, whole] = [config, uncut].map((each) => descriptor.batchNegatives?.(each) ?? null)
  if (seen === null || seen === whole) return meaning
  return `${meaning}. ${descriptor.label} compares each clip with the ${seen} other clips of its own batch, not with ${whole}`
}

/** The FAME paper trains with the default method, so that merging with it goes by the paper's name. */
function labelOf({ method, merge }: PresetChoice): string {
  const { label } = methodNamed(method)
  if (merge === 'none') return label
  return method === DEFAULT_METHOD ? 'FAME' : `${label} + FAME`
}

function nameOf({ recipe, method, merge, size }: PresetChoice): string {
  const merged = method === DEFAULT_METHOD ? 'fame' : `fame-${method}`
  const what = merge === 'none' ? method : merge === 'both' ? `${merged}-both` : merged
  const own = recipe === 'sample' ? `small-${what}` : `${what}-${recipe}`
  return size === recipes[recipe].plain ? own : `${own}-${size}`
}

/** What a run does, in short: the method, or its parts, and whether it merges. */
export function methodText(config: Pick<PretrainConfig, 'method' | 'merge'>): string {
  const { method, merge } = config
  const descriptor = methodNamed(method)
  const { label } = descriptor
  const title = descriptor.title?.(config) ?? null
  if (title !== null) return title
  return merge === 'none' ? label : `${label} + FAME`
}

/** Whether a run is weights that were trained elsewhere: only those have no steps. */
export function isImported({ totalSteps }: { totalSteps: number }): boolean {
  return totalSteps === 0
}

/** @throws ConfigError for a name that is not known, with the names that are */
export function presetNamed(name: string): Preset {
  const found = presets.find((known) => known.name === name)
  if (found) return found
  const known = presets.map((preset) => preset.name).join(', ')
  throw new ConfigError(`There is no preset '${name}'. Known: ${known}.`)
}

/**
 * A preset's settings with changes. Where the changes name another method, the preset is that of the
 * method on the same recipe, so that none of its own settings is left over.
 * @param preset null for the table's defaults
 * @throws ConfigError as `completeConfig`
 */
export function changedPreset(preset: Preset | null, changes: Record<string, unknown>): AnyConfig {
  const method = METHODS.find((name) => name === changes.method)
  const base = preset && method ? presetOf({ ...preset, method }) : preset
  return completeConfig({ ...base?.values, ...changes })
}

/** Settings without those that belong to another method. */
export function settingsFor(method: string, values: Values): Values {
  const table = settingsOf(method)
  return Object.fromEntries(Object.entries(values).filter(([name]) => wholeName(name) in table))
}

/** Bytes of a GPU's memory from which the paper's batch goes through in one piece. */
const BIG = 60e9

/** The size that fits a machine. @param memory of its GPU, in bytes */
export function fittingSize(device: 'CPU' | 'GPU', memory: number | null): RecipeSize {
  if (device === 'CPU') return 'cpu'
  return (memory ?? 0) >= BIG ? 'big' : 'gpu'
}

/** The recipe that is made for a data set; null where there is none. */
export function fittingRecipe(dataset: {
  format: DatasetFormat
  classes: number
  isSample: boolean
}): RecipeName | null {
  if (dataset.isSample) return 'sample'
  const fits = ({ formats, classes = dataset.classes }: Recipe): boolean =>
    formats.includes(dataset.format) && classes === dataset.classes
  const fitting = recipeNames.filter((name) => fits(recipes[name]))
  // One that names its number of classes is made for this data set alone.
  return fitting.find((name) => recipes[name].classes !== undefined) ?? fitting.at(0) ?? null
}
