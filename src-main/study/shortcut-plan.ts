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
  const kind = variant === 'fame' ? 'FAME' : `FAME ${variant}`
  const name = variant === 'grid' ? kind : `${kind}, β ${beta}`
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
  /** Which mean is the best one; null where none is. */
  best: 'highest' | 'lowest' | null
}

/** What is measured of each encoder that was not trained with labels. */
export const shortcutColumns: readonly StudyColumn[] = [
  { label: 'Top-1', protocol: 'linear', score: 'top1', best: 'highest' },
  { label: 'k-NN', protocol: 'knn', score: 'top1', best: 'highest' },
  { label: 'R@1', protocol: 'retrieval', score: 'R@1', best: 'highest' },
  { label: 'Swapped', protocol: 'background', score: 'swapped', best: 'highest' },
  { label: 'Pulled', protocol: 'background', score: 'pull', best: 'lowest' },
  { label: 'Foreground alone', protocol: 'background', score: 'foregroundOnly', best: 'highest' },
  { label: 'Background alone', protocol: 'background', score: 'backgroundOnly', best: null },
]

/** 4 clips of 16 frames' span cover the 64 frames of a sample video. */
export const CLIPS = 4

/** As many steps as the pretraining of the small recipe: 60 epochs, 32 clips a batch. */
export const SUPERVISED: Partial<EvaluationSettings> = {
  ...{ epochs: 60, batch: 32, lr: 0.05, milestone1: 30, milestone2: 50 },
}
