import type { PretrainConfig } from './hyper-parameters.ts'

export interface Preset {
  name: string
  label: string
  meaning: string
  values: Partial<PretrainConfig>
}

/** Starting points for a run; anything not named is the table's default. */
export const presets: readonly Preset[] = [
  {
    name: 'fame-ucf101',
    label: 'FAME on UCF101',
    meaning: 'The reference recipe: R(2+1)D-18, 16 frames at 112 px, queue 2,048',
    values: {},
  },
  {
    name: 'fame-kinetics',
    label: 'FAME on Kinetics-400',
    meaning: 'The reference recipe with a queue of 65,536',
    values: { queue: 65_536 },
  },
  {
    name: 'moco-ucf101',
    label: 'MoCo on UCF101',
    meaning: 'The same without foreground-background merging',
    values: { fame: 'none' },
  },
  {
    name: 'small-fame',
    label: 'Small FAME',
    meaning:
      'A narrow R(2+1)D on 8 frames at 48 px, colours as they are: minutes on two processor cores',
    values: smallValues('query'),
  },
  {
    name: 'small-moco',
    label: 'Small MoCo',
    meaning: 'The small recipe without foreground-background merging',
    values: smallValues('none'),
  },
]

/**
 * Short schedules: the key encoder follows sooner, and colours stay as they are, since learning to
 * disregard them takes longer than such a run lasts.
 */
function smallValues(fame: PretrainConfig['fame']): Partial<PretrainConfig> {
  return {
    model: 'r2plus1d_narrow',
    projectionSize: 64,
    precision: 'auto',
    frames: 8,
    stride: 2,
    size: 48,
    batch: 32,
    queue: 192,
    keyMomentum: 0.95,
    lr: 0.1,
    epochs: 60,
    cropScaleMin: 0.5,
    grayscale: 0,
    jitter: 0,
    blur: 0,
    beta: 0.2,
    fame,
    checkpointEvery: 100,
  }
}
