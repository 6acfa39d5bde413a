import { epochList } from '../settings/epoch-list.ts'
import type { PretrainTable } from '../settings/pretraining.ts'

/** The order of the data. */
export const orderSettings = {
  balanced: {
    type: 'flag',
    label: 'Balance classes',
    meaning: 'Draw every class equally often, however many videos it has',
    group: 'data',
    default: false,
  },
  dropLast: {
    type: 'flag',
    label: 'Drop last batch',
    meaning:
      "Leave out an epoch's last batch if it is incomplete; otherwise it is filled with videos from the beginning of the epoch",
    group: 'data',
    default: true,
  },
  repeats: {
    type: 'int',
    label: 'Repeats of a video',
    meaning:
      'How many places of a batch each video takes, each with clips of its own (Hoffer et al., CVPR 2020); it is decoded once for all of them. Batch counts places, so a batch has so many times fewer videos and an epoch so many times more batches. Methods that contrast the videos of a batch take these places for different videos',
    group: 'data',
    unit: 'places',
    min: 1,
    max: 16,
    default: 1,
  },
} as const satisfies PretrainTable

/** What is wrong with the order of the data; null where nothing is. */
export function orderFault({ batch, repeats }: { batch: number; repeats: number }): string | null {
  if (repeats === 1 || (batch % repeats === 0 && batch > repeats)) return null
  const most = Math.floor(trainingSettings.batch.max / repeats)
  const fitting = repeats * Math.max(2, Math.min(most, Math.round(batch / repeats)))
  return `A batch of ${batch} cannot have ${repeats} places for each of several videos: set batch to a multiple of repeats, such as ${fitting}.`
}

/** Optimiser, and what a run keeps and measures. */
export const trainingSettings = {
  batch: {
    type: 'int',
    label: 'Batch',
    meaning: 'Videos per batch; each gives as many clips as the method takes',
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
  optimiser: {
    type: 'choice',
    label: 'Optimiser',
    meaning:
      'sgd with momentum; lars scales the rate of each layer by the norms of its weights and gradients, for large batches; adam; adamw applies weight decay separately from the gradient',
    group: 'optimiser',
    choices: ['sgd', 'lars', 'adam', 'adamw'],
    default: 'sgd',
  },
  lr: {
    type: 'number',
    label: 'Learning rate',
    meaning: 'Learning rate at the start of the schedule, after the warm-up; see the rule',
    group: 'optimiser',
    min: 0,
    max: 100,
    default: 0.01,
  },
  lrRule: {
    type: 'choice',
    label: 'Learning-rate rule',
    meaning:
      'fixed: the learning rate as it is given; per-64 and per-256: it is given for 64 or 256 videos per step and is scaled to the videos per step of this run',
    group: 'optimiser',
    choices: ['fixed', 'per-64', 'per-256'],
    default: 'fixed',
  },
  schedule: {
    type: 'choice',
    label: 'Schedule',
    meaning: 'How the learning rate falls: along a cosine, in steps, or not at all',
    group: 'optimiser',
    choices: ['cosine', 'step', 'constant'],
    default: 'cosine',
  },
  stepEvery: {
    type: 'int',
    label: 'Step every',
    meaning:
      'The step schedule lowers the learning rate every so many epochs, where it has no list of epochs',
    group: 'optimiser',
    unit: 'epochs',
    min: 1,
    max: 10_000,
    default: 60,
  },
  stepAt: {
    type: 'text',
    label: 'Steps after',
    meaning:
      'Epochs after which the step schedule lowers the learning rate, such as 120 160, counted from the start of each phase; empty: at regular intervals',
    group: 'optimiser',
    unit: 'epochs',
    ...epochList,
    default: '',
  },
  stepFactor: {
    type: 'number',
    label: 'Step factor',
    meaning: 'Factor by which the step schedule multiplies the learning rate',
    group: 'optimiser',
    min: 0,
    max: 1,
    default: 0.1,
  },
  finalLr: {
    type: 'number',
    label: 'Final learning rate',
    meaning: 'Learning rate at which the cosine ends, by the same rule',
    group: 'optimiser',
    min: 0,
    max: 100,
    default: 0,
  },
  warmup: {
    type: 'number',
    label: 'Warm-up',
    meaning: 'Epochs in which the learning rate rises linearly from 0',
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
    label: 'Momentum',
    meaning: 'Momentum of SGD and LARS',
    group: 'optimiser',
    min: 0,
    max: 0.9999,
    default: 0.9,
  },
  beta2: {
    type: 'number',
    label: 'Beta 2',
    meaning:
      'How slowly the mean square of gradients follows, by which adam and adamw scale a step; 0.95 is usual for transformers',
    group: 'optimiser',
    min: 0,
    max: 0.999999,
    default: 0.999,
  },
  weightDecay: {
    type: 'number',
    label: 'Weight decay',
    meaning:
      'L2 penalty on the parameters, added to the gradient; adamw subtracts it from the weights',
    group: 'optimiser',
    min: 0,
    max: 1,
    default: 1e-4,
  },
  decayVectors: {
    type: 'flag',
    label: 'Decay biases and norms',
    meaning: 'Apply weight decay to parameters of one dimension as well, as the reference does',
    group: 'optimiser',
    default: true,
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
      'Keep the newest N checkpoints and the one with the lowest mean loss since the checkpoint before it. Steps before the loss of the method is comparable do not count',
    group: 'run',
    min: 1,
    max: 1000,
    default: 2,
  },
  knnEvery: {
    type: 'int',
    label: 'k-NN accuracy every',
    meaning:
      'Steps between two measurements of k-NN accuracy, of up to 100 held-out training videos among up to 400 others. The last one is made at the end; 0 turns it off',
    group: 'run',
    unit: 'steps',
    min: 0,
    max: 1_000_000,
    default: 0,
  },
  tensorboard: {
    type: 'flag',
    label: 'TensorBoard files',
    meaning: "Write all metrics to TensorBoard event files in the run's folder during training",
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
  wire: {
    type: 'choice',
    label: 'Gradients between processes',
    meaning:
      'Number format in which several processes exchange gradients; bfloat16 halves what crosses the network and rounds them. A run in one process exchanges nothing',
    group: 'run',
    choices: ['float32', 'bfloat16'],
    default: 'float32',
  },
  decodedCache: {
    type: 'number',
    label: 'Decoded videos on disk',
    meaning:
      'Disk space for decoded videos, so that each video is decoded only once; 0 stores none',
    group: 'run',
    unit: 'GiB',
    min: 0,
    max: 1_000_000,
    default: 0,
  },
} as const satisfies PretrainTable
