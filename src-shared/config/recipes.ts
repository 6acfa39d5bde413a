import type { DatasetFormat } from '../contract/indexing.ts'
import { methodOf } from '../methods/index.ts'
import type { SettingValue } from '../settings/setting.ts'
import { viewSettings } from '../views/settings.ts'
import { settingsOf, type PretrainConfig } from './pretrain-config.ts'
import { pretrainingDifferences, type ReferenceDifference } from './reference-differences.ts'

type Values = Partial<PretrainConfig>

export const recipeSizes = ['cpu', 'gpu', 'big'] as const
/** What a recipe is cut for: a processor, a GPU of about 16 GB, or one of about 80 GB. */
export type RecipeSize = (typeof recipeSizes)[number]

export const recipeNames = [
  'sample',
  'ucf101',
  'kinetics',
  'kinetics-600',
  'kinetics-i3d',
  'diving48',
] as const
export type RecipeName = (typeof recipeNames)[number]

export interface SizedRecipe {
  /** What this size makes different, and what it costs. */
  meaning: string
  values: Values
}

export interface Recipe {
  label: string
  /** What the presets of this recipe are called before their size: `FAME on UCF101`. */
  on: string
  meaning: string
  /** Formats of the data sets that it is made for. */
  formats: readonly DatasetFormat[]
  /** How many classes such a data set has, where its format alone does not tell: folders lie alike. */
  classes?: number
  /** Whose preset has the plain name, without `-cpu`, `-gpu` or `-big`. */
  plain: RecipeSize
  /** What all sizes share. */
  values: Values
  sizes: Record<RecipeSize, SizedRecipe>
}

/**
 * Of the foreground ratios that the study of the sample set measures, the one whose masks fit the true
 * ones of the training videos best; see docs/recipes.md. No test video and no label is needed for that.
 */
const SMALL_BETA = 0.3

/**
 * A short schedule: colours stay as they are, since learning to disregard them takes longer than
 * such a run lasts.
 */
const SMALL: Values = {
  model: 'r2plus1d_narrow',
  precision: 'auto',
  frames: 8,
  stride: 2,
  size: 48,
  batch: 32,
  lr: 0.1,
  epochs: 60,
  cropScaleMin: 0.5,
  grayscale: 0,
  jitter: 0,
  blur: 0,
  beta: SMALL_BETA,
  checkpointEvery: 100,
  knnEvery: 60,
}

/** 64 clips a step as in the paper, in so many parts: the gradient is their mean. */
const inParts = (parts: number): Values => ({ batch: 64 / parts, accumulate: parts })

/** Rare enough to cost less than a hundredth of the time. */
const LONG: Values = { knnEvery: 500 }

const LARGE_I3D: Values = { model: 'i3d', size: 224 }

const ofR2plus1d: Recipe['sizes'] = {
  cpu: {
    meaning:
      'A narrow R(2+1)D at 64 px, four batches of 16 per step. Takes days on a CPU and does not reproduce the paper',
    values: {
      model: 'r2plus1d_narrow',
      size: 64,
      precision: 'auto',
      checkpointEvery: 50,
      ...inParts(4),
    },
  },
  gpu: {
    meaning: 'The paper’s encoder and clips, four batches of 16 per step for a GPU of about 16 GB',
    values: { precision: 'auto', loaderThreads: 8, ...inParts(4) },
  },
  big: {
    meaning: 'The paper’s 64 clips in one batch, in float32, for a GPU of about 80 GB',
    values: { loaderThreads: 12 },
  },
}

const ofI3d: Recipe['sizes'] = {
  cpu: {
    meaning:
      'I3D at 112 px, eight batches of 8 per step. A quarter of the paper’s pixels, and still slow on a CPU',
    values: { size: 112, precision: 'auto', checkpointEvery: 50, ...inParts(8) },
  },
  gpu: {
    meaning: 'The paper’s encoder and clips, eight batches of 8 per step for a GPU of about 16 GB',
    values: { precision: 'auto', loaderThreads: 8, ...inParts(8) },
  },
  big: {
    meaning: 'The paper’s 64 clips in one batch, for a GPU of about 80 GB',
    values: { precision: 'auto', loaderThreads: 12 },
  },
}

/** What a run may start from, by data set; each is sized for three kinds of machine. */
export const recipes: Record<RecipeName, Recipe> = {
  sample: {
    label: 'Sample set',
    on: 'small',
    meaning: 'Shows what merging does in minutes. Not from the paper.',
    formats: [],
    plain: 'cpu',
    values: SMALL,
    sizes: {
      cpu: {
        meaning: 'A narrow R(2+1)D on 8 frames at 48 px, without colour augmentation',
        values: {},
      },
      gpu: {
        meaning: 'R(2+1)D-18 on 8 frames at 48 px, otherwise as on a CPU',
        values: { model: 'r2plus1d_18', loaderThreads: 8 },
      },
      big: {
        meaning: 'R(2+1)D-18 on 16 frames at 96 px, the full size of these videos',
        values: { model: 'r2plus1d_18', frames: 16, size: 96, loaderThreads: 12 },
      },
    },
  },
  ucf101: {
    label: 'UCF101',
    on: 'on UCF101',
    meaning: 'R(2+1)D-18, 16 frames at 112 px, 200 epochs. Suits HMDB51 too',
    formats: ['ucf101'],
    classes: 101,
    plain: 'big',
    values: LONG,
    sizes: ofR2plus1d,
  },
  kinetics: {
    label: 'Kinetics-400',
    on: 'on Kinetics-400',
    meaning: 'The same as on UCF101, for the 240,000 videos of Kinetics-400',
    formats: ['kinetics'],
    plain: 'big',
    values: LONG,
    sizes: ofR2plus1d,
  },
  'kinetics-600': {
    label: 'Kinetics-600',
    on: 'on Kinetics-600',
    meaning: 'The same as on Kinetics-400, for the 366,000 videos of Kinetics-600',
    formats: ['kinetics'],
    classes: 600,
    plain: 'big',
    values: LONG,
    sizes: ofR2plus1d,
  },
  'kinetics-i3d': {
    label: 'Kinetics-400, I3D',
    on: 'on Kinetics-400 with I3D',
    meaning: 'The paper’s strongest encoder: I3D at 224 px',
    formats: [],
    plain: 'big',
    values: { ...LONG, ...LARGE_I3D },
    sizes: ofI3d,
  },
  diving48: {
    label: 'Diving48',
    on: 'on Diving48',
    meaning:
      'I3D at 224 px, pretrained on Diving48. The paper pretrains on UCF101 or Kinetics-400 and only fine-tunes here',
    formats: ['diving48', 'diving48-v1'],
    plain: 'big',
    values: { ...LONG, ...LARGE_I3D },
    sizes: ofI3d,
  },
}

export interface Difference {
  name: string
  here: number | string | boolean
  paper: number | string | boolean
}

/** A run's settings, or a form's, in which a field may be empty. */
type FormConfig = Readonly<Record<string, SettingValue | null>> & { method: string }

/**
 * The settings that are not as in the paper; null where the paper has no such recipe with this
 * method. A run without merging is the paper's own comparison.
 */
export function differencesFromPaper(recipe: RecipeName, config: FormConfig): Difference[] | null {
  const paper = methodOf(config).paper(recipe)
  if (!paper) return null
  const merge = config.merge === 'none' ? 'none' : viewSettings.merge.default
  const whole: Readonly<Record<string, number | string | boolean>> = { merge, ...paper }
  return Object.entries(settingsOf(config.method)).flatMap(([name, row]) => {
    const [here, there] = [config[name], whole[name] ?? row.default]
    // How a run is carried out changes nothing in what is learned.
    const isSame = here === undefined || here === null || here === there
    if (isSame || name === 'method' || row.group === 'run') return []
    return [{ name, here, paper: there }]
  })
}

/** How a run of a recipe differs from the paper's: in its settings, and in what no setting says. */
export interface PaperDifferences {
  settings: Difference[]
  implementation: ReferenceDifference[]
}

/** Null where the paper has no such recipe. */
export function paperDifferences(recipe: RecipeName, config: FormConfig): PaperDifferences | null {
  const settings = differencesFromPaper(recipe, config)
  return settings && { settings, implementation: pretrainingDifferences(config) }
}
