import type { EvaluationSettings } from '#shared/config/evaluation-settings.ts'
import type { PretrainConfig } from '#shared/config/hyper-parameters.ts'
import type { Protocol } from '#shared/config/protocols.ts'

/** How an encoder of the study comes by its weights. */
type Training =
  | { kind: 'none' }
  | { kind: 'pretrained'; preset: string; values: Partial<PretrainConfig> }
  /** Trained end to end with labels, from random weights. */
  | { kind: 'supervised'; merge: EvaluationSettings['merge'] }

export interface StudyRow {
  name: string
  training: Training
}

/** Foreground ratios of the paper's ablation. */
const BETAS = [0.3, 0.5, 0.7] as const

function fame(variant: PretrainConfig['variant'], beta: number): StudyRow {
  // A grid's mask keeps 8 of 16 cells whatever beta is.
  const name = variant === 'grid' ? 'FAME grid' : `FAME ${variant}, β ${beta}`
  return { name, training: { kind: 'pretrained', preset: 'small-fame', values: { variant, beta } } }
}

/** What the study compares: the variants and ratios of the paper's ablation beside its baselines. */
export const shortcutRows: readonly StudyRow[] = [
  { name: 'Random', training: { kind: 'none' } },
  { name: 'MoCo', training: { kind: 'pretrained', preset: 'small-moco', values: {} } },
  ...(['gauss', 'seed'] as const).flatMap((variant) => BETAS.map((beta) => fame(variant, beta))),
  fame('grid', 0.5),
  ...BETAS.map((beta) => fame('fame', beta)),
  { name: 'Supervised', training: { kind: 'supervised', merge: 'none' } },
  { name: 'Supervised, merged', training: { kind: 'supervised', merge: 'fame' } },
]

export interface StudyColumn {
  label: string
  protocol: Protocol
  score: string
}

/** What is measured of each encoder that was not trained with labels. */
export const shortcutColumns: readonly StudyColumn[] = [
  { label: 'Top-1', protocol: 'linear', score: 'top1' },
  { label: 'k-NN', protocol: 'knn', score: 'top1' },
  { label: 'R@1', protocol: 'retrieval', score: 'R@1' },
  { label: 'Swapped', protocol: 'background', score: 'swapped' },
  { label: 'Foreground alone', protocol: 'background', score: 'foregroundOnly' },
  { label: 'Background alone', protocol: 'background', score: 'backgroundOnly' },
]

/** 4 clips of 16 frames' span cover the 64 frames of a sample video. */
export const CLIPS = 4

/** As many steps as the pretraining of the small recipe: 60 epochs, 32 clips a batch. */
export const SUPERVISED: Partial<EvaluationSettings> = {
  ...{ epochs: 60, batch: 32, lr: 0.05, milestone1: 30, milestone2: 50 },
}
