import type { Values } from '#shared/methods/method.ts'
import type { EvaluationSettings } from '#shared/config/evaluation-settings.ts'
import { methodText, samplePresets } from '#shared/config/presets.ts'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { StudyColumn } from './measures.ts'

/** How an encoder of the study comes by its weights. */
type Training =
  | { kind: 'none' }
  | { kind: 'pretrained'; preset: string; values: Values }
  /** Trained end to end with labels, from random weights. */
  | { kind: 'supervised'; merge: EvaluationSettings['merge'] }

export interface StudyRow {
  name: string
  /** Rows of one family differ in β alone, which is chosen among them; null: none. */
  family: string | null
  training: Training
}

const [merged, plain] = [samplePresets.merged.name, samplePresets.plain.name]

/** The same training without merging. */
export const BASELINE = methodText(samplePresets.plain)

/** Foreground ratios of the paper's ablation. */
const BETAS = [0.3, 0.5, 0.7] as const

/** The colour augmentation of the paper, which the small recipe leaves out. */
const COLOURS = { grayscale: 0.2, jitter: 0.8, blur: 0.5 } as const

function pretrained(name: string, family: string | null, preset: string, values: Values): StudyRow {
  return { name, family, training: { kind: 'pretrained', preset, values } }
}

function fame(variant: PretrainConfig['variant'], beta: number, colours: Values = {}): StudyRow {
  const kind = variant === 'fame' ? 'FAME' : `FAME ${variant}`
  const family = colours === COLOURS ? `${kind} with colours` : kind
  const values = { variant, beta, ...colours }
  // A grid's mask keeps 8 of 16 cells whatever beta is.
  if (variant === 'grid') return pretrained(family, null, merged, values)
  return pretrained(`${family}, β ${beta}`, family, merged, values)
}

/** What the study compares: the variants and ratios of the paper's ablation beside its baselines. */
export const shortcutRows: readonly StudyRow[] = [
  { name: 'Random', family: null, training: { kind: 'none' } },
  pretrained(BASELINE, null, plain, {}),
  pretrained(`${BASELINE} with colours`, null, plain, COLOURS),
  ...(['gauss', 'seed'] as const).flatMap((variant) => BETAS.map((beta) => fame(variant, beta))),
  fame('grid', 0.5),
  ...BETAS.map((beta) => fame('fame', beta)),
  ...BETAS.map((beta) => fame('fame', beta, COLOURS)),
  { name: 'Supervised', family: null, training: { kind: 'supervised', merge: 'none' } },
  { name: 'Supervised, merged', family: null, training: { kind: 'supervised', merge: 'fame' } },
]

/** What is measured of each encoder that was not trained with labels. */
export const shortcutColumns: readonly StudyColumn[] = [
  { label: 'Top-1', protocol: 'linear', score: 'top1' },
  { label: 'k-NN', protocol: 'knn', score: 'top1' },
  { label: 'R@1', protocol: 'retrieval', score: 'R@1' },
  { label: 'Swapped', protocol: 'background', score: 'swapped' },
  { label: 'Pulled', protocol: 'background', score: 'pull' },
  { label: 'Foreground alone', protocol: 'background', score: 'foregroundOnly' },
  { label: 'Background alone', protocol: 'background', score: 'backgroundOnly' },
]

/**
 * What is measured on training videos that are held out, to choose β by. Their own backgrounds give
 * the class away, as in all of training, so plain accuracy there would reward the shortcut: the choice
 * goes by accuracy on backgrounds of other classes, which needs no test video.
 */
export const validationColumns: readonly StudyColumn[] = [
  { label: 'Top-1', protocol: 'background', score: 'original' },
  { label: 'Swapped', protocol: 'background', score: 'swapped' },
]
export const CHOSEN_BY = 'Swapped'

/** 4 clips of 16 frames' span cover the 64 frames of a sample video. */
export const CLIPS = 4

/** As many steps as the pretraining of the small recipe: 60 epochs, 32 clips a batch. */
export const SUPERVISED: Partial<EvaluationSettings> = {
  epochs: 60,
  batch: 32,
  lr: 0.05,
  milestone1: 30,
  milestone2: 50,
}
