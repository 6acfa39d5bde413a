import type { DatasetFormat } from '../contract/indexing.ts'
import type { PretrainConfig } from './hyper-parameters.ts'
import {
  recipeMethods,
  recipeNames,
  recipes,
  recipeSizes,
  type Recipe,
  type RecipeMethod,
  type RecipeName,
  type RecipeSize,
} from './recipes.ts'

/** One recipe with one method, sized for one kind of machine. */
export interface PresetChoice {
  recipe: RecipeName
  method: RecipeMethod
  size: RecipeSize
}
export interface Preset extends PresetChoice {
  /** `fame-ucf101`, `fame-ucf101-gpu`: the size is left out where it is the recipe's own. */
  name: string
  label: string
  meaning: string
  values: Partial<PretrainConfig>
}

const METHODS: Record<RecipeMethod, string> = { fame: 'FAME', moco: 'MoCo' }
const SUFFIXES: Record<RecipeSize, string> = { cpu: 'processor', gpu: 'one GPU', big: 'big GPU' }
export const sizeLabels: Record<RecipeSize, string> = {
  cpu: 'CPU',
  gpu: 'One GPU',
  big: 'Big GPU',
}

/** Starting points for a run; anything not named is the table's default. */
export const presets: readonly Preset[] = recipeNames.flatMap((recipe) =>
  recipeMethods.flatMap((method) => recipeSizes.map((size) => presetOf({ recipe, method, size }))),
)

function presetOf(choice: PresetChoice): Preset {
  const { recipe, method, size } = choice
  const { on, plain, values, sizes } = recipes[recipe]
  const label = on === 'small' ? `Small ${METHODS[method]}` : `${METHODS[method]} ${on}`
  const without = method === 'moco' ? '; without foreground-background merging' : ''
  return {
    ...choice,
    name: nameOf(choice),
    label: size === plain ? label : `${label}, ${SUFFIXES[size]}`,
    meaning: sizes[size].meaning + without,
    values: { ...values, ...sizes[size].values, fame: method === 'fame' ? 'query' : 'none' },
  }
}

function nameOf({ recipe, method, size }: PresetChoice): string {
  const own = recipe === 'sample' ? `small-${method}` : `${method}-${recipe}`
  return size === recipes[recipe].plain ? own : `${own}-${size}`
}

/** The preset of a choice: every choice has one. */
export function findPreset(choice: PresetChoice): Preset {
  return presets.find(({ name }) => name === nameOf(choice))!
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
  return recipeNames.find((name) => fits(recipes[name])) ?? null
}
