/**
 * The one table of pretraining hyper-parameters. Form, `--set` flags, validation, checkpoint and
 * documentation all read it. Defaults are the reference recipe on UCF101 (Ding et al., CVPR 2022).
 */

interface Common {
  label: string
  meaning: string
  group: 'model' | 'data' | 'augmentation' | 'fame' | 'contrast' | 'optimiser' | 'run'
}
export interface NumberParameter extends Common {
  type: 'int' | 'number'
  unit?: string
  min: number
  max: number
  default: number
}
export interface ChoiceParameter extends Common {
  type: 'choice'
  choices: readonly string[]
  default: string
}
export interface FlagParameter extends Common {
  type: 'flag'
  default: boolean
}
export type HyperParameter = NumberParameter | ChoiceParameter | FlagParameter

export const MODELS = ['r2plus1d_18', 'r2plus1d_narrow', 'i3d'] as const
export const MASK_VARIANTS = ['fame', 'seed', 'gauss', 'grid'] as const

export const hyperParameters = {
  model: {
    type: 'choice',
    label: 'Encoder',
    meaning: 'Video encoder; r2plus1d_narrow is R(2+1)D with stages of 16-32-64-128 channels',
    group: 'model',
    choices: MODELS,
    default: 'r2plus1d_18',
  },
  projectionSize: {
    type: 'int',
    label: 'Projection size',
    meaning: 'Size of the embedding that is contrasted',
    group: 'model',
    min: 8,
    max: 2048,
    default: 128,
  },
  headStart: {
    type: 'choice',
    label: 'Start of the head',
    meaning:
      "How the last layer of the projection head of R(2+1)D starts: reference is normal with deviation 0.01 and bias 0, as in the authors' code. uniform is PyTorch's default: larger, so it learns more slowly, without which the small recipe's learning rate of 0.1 makes the embeddings collapse",
    group: 'model',
    choices: ['reference', 'uniform'],
    default: 'reference',
  },
  precision: {
    type: 'choice',
    label: 'Precision',
    meaning:
      'Arithmetic of activations and convolutions; weights and statistics stay in float32. auto takes bfloat16 where the device has units for it',
    group: 'model',
    choices: ['auto', 'float32', 'bfloat16'],
    default: 'float32',
  },
  frames: {
    type: 'int',
    label: 'Frames per clip',
    meaning: 'Frames in one clip',
    group: 'data',
    unit: 'frames',
    min: 2,
    max: 128,
    default: 16,
  },
  stride: {
    type: 'int',
    label: 'Stride',
    meaning: 'Distance between two frames of a clip',
    group: 'data',
    unit: 'frames',
    min: 1,
    max: 32,
    default: 2,
  },
  size: {
    type: 'int',
    label: 'Crop size',
    meaning: 'Height and width of a clip after the random resized crop',
    group: 'data',
    unit: 'px',
    min: 16,
    max: 448,
    default: 112,
  },
  balanced: {
    type: 'flag',
    label: 'Balance classes',
    meaning: 'Take every class equally often, however many videos it has',
    group: 'data',
    default: false,
  },
  dropLast: {
    type: 'flag',
    label: 'Drop last batch',
    meaning: "Leave out an epoch's last, incomplete batch; else it is filled from the beginning",
    group: 'data',
    default: true,
  },
  cropScaleMin: {
    type: 'number',
    label: 'Smallest crop',
    meaning: 'Smallest part of the frame area that the random resized crop takes',
    group: 'augmentation',
    min: 0.01,
    max: 1,
    default: 0.2,
  },
  flip: {
    type: 'number',
    label: 'Flip',
    meaning: 'Probability of a horizontal flip',
    group: 'augmentation',
    min: 0,
    max: 1,
    default: 0.5,
  },
  grayscale: {
    type: 'number',
    label: 'Grayscale',
    meaning: 'Probability of dropping colour',
    group: 'augmentation',
    min: 0,
    max: 1,
    default: 0.2,
  },
  jitter: {
    type: 'number',
    label: 'Colour jitter',
    meaning: 'Probability of changing brightness, contrast, saturation (0.4) and hue (0.1)',
    group: 'augmentation',
    min: 0,
    max: 1,
    default: 0.8,
  },
  blur: {
    type: 'number',
    label: 'Blur',
    meaning: 'Probability of a Gaussian blur, sigma 0.1 to 2 px',
    group: 'augmentation',
    min: 0,
    max: 1,
    default: 0.5,
  },
  fame: {
    type: 'choice',
    label: 'FAME on',
    meaning: 'Which clips have their background replaced: none is plain MoCo',
    group: 'fame',
    choices: ['query', 'both', 'none'],
    default: 'query',
  },
  variant: {
    type: 'choice',
    label: 'Mask',
    meaning: 'How the foreground mask is made',
    group: 'fame',
    choices: MASK_VARIANTS,
    default: 'fame',
  },
  beta: {
    type: 'number',
    label: 'Foreground ratio β',
    meaning: 'Part of the frame that the mask keeps as foreground',
    group: 'fame',
    min: 0.01,
    max: 0.99,
    default: 0.5,
  },
  adaptiveBeta: {
    type: 'flag',
    label: 'Adaptive β',
    meaning: 'Choose the foreground ratio of each clip by its soft mask, where nobody has set one',
    group: 'fame',
    default: false,
  },
  compensateMotion: {
    type: 'flag',
    label: 'Compensate camera motion',
    meaning: 'Take the global motion out of the frames before they are differenced',
    group: 'fame',
    default: false,
  },
  useCorrections: {
    type: 'flag',
    label: 'Use corrections',
    meaning: 'Take corrected and approved masks and set ratios, and draw no rejected clip',
    group: 'fame',
    default: true,
  },
  queue: {
    type: 'int',
    label: 'Queue',
    meaning: 'Negatives kept, a multiple of the batch size; 65,536 for Kinetics, 2,048 for UCF101',
    group: 'contrast',
    unit: 'clips',
    min: 2,
    max: 1_048_576,
    default: 2048,
  },
  temperature: {
    type: 'number',
    label: 'Temperature T',
    meaning: 'Divides the similarities before the softmax',
    group: 'contrast',
    min: 0.001,
    max: 10,
    default: 0.1,
  },
  keyMomentum: {
    type: 'number',
    label: 'Key momentum m',
    meaning: 'Momentum encoder: key = m * key + (1 - m) * query',
    group: 'contrast',
    min: 0,
    max: 1,
    default: 0.999,
  },
  keyMomentumSchedule: {
    type: 'choice',
    label: 'Key momentum over time',
    meaning: 'cosine raises the key momentum from its value to 1 over the run',
    group: 'contrast',
    choices: ['constant', 'cosine'],
    default: 'constant',
  },
  shuffleBN: {
    type: 'flag',
    label: 'Shuffled batch norm',
    meaning:
      'Normalise in groups of 8 clips and shuffle the keys over the groups, as the reference does on 8 GPUs; the batch must be a multiple of 8',
    group: 'contrast',
    default: false,
  },
  batch: {
    type: 'int',
    label: 'Batch',
    meaning: 'Videos per batch; each gives two clips',
    group: 'optimiser',
    unit: 'videos',
    min: 2,
    max: 4096,
    default: 64,
  },
  accumulate: {
    type: 'int',
    label: 'Batches per step',
    meaning: 'Batches whose gradients are averaged for one step of the optimiser',
    group: 'optimiser',
    unit: 'batches',
    min: 1,
    max: 1024,
    default: 1,
  },
  epochs: {
    type: 'int',
    label: 'Epochs',
    meaning: 'Passes over the training videos',
    group: 'optimiser',
    unit: 'epochs',
    min: 1,
    max: 10_000,
    default: 200,
  },
  lr: {
    type: 'number',
    label: 'Learning rate',
    meaning: 'Learning rate at the start of the schedule, after the warm-up',
    group: 'optimiser',
    min: 0,
    max: 100,
    default: 0.01,
  },
  schedule: {
    type: 'choice',
    label: 'Schedule',
    meaning: 'How the learning rate falls: along a cosine to 0, in steps, or not at all',
    group: 'optimiser',
    choices: ['cosine', 'step', 'constant'],
    default: 'cosine',
  },
  stepEvery: {
    type: 'int',
    label: 'Step every',
    meaning: 'Epochs after which the step schedule lowers the learning rate, again and again',
    group: 'optimiser',
    unit: 'epochs',
    min: 1,
    max: 10_000,
    default: 60,
  },
  stepFactor: {
    type: 'number',
    label: 'Step factor',
    meaning: 'What the step schedule multiplies the learning rate by',
    group: 'optimiser',
    min: 0,
    max: 1,
    default: 0.1,
  },
  warmup: {
    type: 'number',
    label: 'Warm-up',
    meaning: 'Epochs in which the learning rate rises in a line from 0',
    group: 'optimiser',
    unit: 'epochs',
    min: 0,
    max: 1000,
    default: 0,
  },
  clipNorm: {
    type: 'number',
    label: 'Gradient clipping',
    meaning: 'Largest L2 norm of the gradient of all parameters; 0 does not clip',
    group: 'optimiser',
    min: 0,
    max: 1_000_000,
    default: 0,
  },
  momentum: {
    type: 'number',
    label: 'SGD momentum',
    meaning: 'Momentum of stochastic gradient descent',
    group: 'optimiser',
    min: 0,
    max: 0.9999,
    default: 0.9,
  },
  weightDecay: {
    type: 'number',
    label: 'Weight decay',
    meaning: 'L2 penalty on every parameter, added to the gradient',
    group: 'optimiser',
    min: 0,
    max: 1,
    default: 1e-4,
  },
  seed: {
    type: 'int',
    label: 'Seed',
    meaning: 'Initial weights, data order, clips and augmentations',
    group: 'run',
    min: 0,
    max: 2_147_483_647,
    default: 1,
  },
  checkpointEvery: {
    type: 'int',
    label: 'Checkpoint every',
    meaning: 'Steps between two checkpoints; one is also written at the end and on stop',
    group: 'run',
    unit: 'steps',
    min: 1,
    max: 1_000_000,
    default: 200,
  },
  keepCheckpoints: {
    type: 'int',
    label: 'Checkpoints kept',
    meaning:
      'Keep the newest N checkpoints, plus the one with the lowest mean loss since the one before it, counted from the full queue on',
    group: 'run',
    min: 1,
    max: 1000,
    default: 2,
  },
  knnEvery: {
    type: 'int',
    label: 'k-NN accuracy every',
    meaning:
      'Steps between two measurements of the k-NN accuracy of up to 100 held-out training videos against up to 400 others, and one at the end; 0 measures none',
    group: 'run',
    unit: 'steps',
    min: 0,
    max: 1_000_000,
    default: 0,
  },
  tensorboard: {
    type: 'flag',
    label: 'TensorBoard files',
    meaning: "Write what is measured to TensorBoard's event files in the run's folder, as it goes",
    group: 'run',
    default: true,
  },
  loaderThreads: {
    type: 'int',
    label: 'Loader threads',
    meaning: 'Threads that decode, crop and mask clips',
    group: 'run',
    min: 1,
    max: 64,
    default: 2,
  },
  decodedCache: {
    type: 'number',
    label: 'Decoded videos on disk',
    meaning: 'Room for decoded videos on disk, so that each is decoded once; 0 keeps none',
    group: 'run',
    unit: 'GiB',
    min: 0,
    max: 1_000_000,
    default: 0,
  },
} as const satisfies Record<string, HyperParameter>

export type HyperParameterName = keyof typeof hyperParameters

type ValueOf<P> = P extends { choices: readonly (infer C)[] }
  ? C
  : P extends { type: 'flag' }
    ? boolean
    : number

/** A complete pretraining configuration: one value for each row of `hyperParameters`. */
export type PretrainConfig = {
  [K in HyperParameterName]: ValueOf<(typeof hyperParameters)[K]>
}
