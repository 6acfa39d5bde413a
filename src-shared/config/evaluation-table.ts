/**
 * The one table of what can be set for an evaluation. Form, flags, validation, the stored evaluation
 * and the sentence that states the protocol all read it. A setting that comes later must stand, by
 * default, at what evaluations did before it came: stored ones are read with the defaults.
 */
import type { EvaluationSetting } from './evaluation-setting.ts'
import { PROTOCOLS, type Protocol } from './protocols.ts'

const probed = ['linear', 'background'] as const satisfies readonly Protocol[]

/** Those that train a classifier. */
const trained = [...probed, 'finetune'] as const

/** Those whose clips are cut as `testClips` says. */
const cut = ['linear', 'knn', 'retrieval', 'finetune', 'map'] as const satisfies readonly Protocol[]

/** Those that look at several clips of a video. */
const clipwise = PROTOCOLS.filter((name) => name !== 'activation' && name !== 'kernels')

export const evaluationSettings = {
  clips: {
    type: 'int',
    label: 'Clips per video',
    meaning: 'Evenly spaced clips of each video; their answers are averaged',
    protocols: clipwise,
    unit: 'clips',
    min: 1,
    max: 100,
    default: 10,
  },
  crops: {
    type: 'choice',
    label: 'Crops per clip',
    meaning: 'One crop of the centre, or three along the longer side of the frame',
    protocols: clipwise.filter((name) => name !== 'background'),
    choices: [1, 3],
    default: 1,
  },
  testClips: {
    type: 'choice',
    label: 'Clip geometry',
    meaning:
      "fitted: the short side is scaled to the crop size, and clips reach from the first frame to the last. reference: as in the reference's eval.py, the centre is cut out of frames as they are, and videos shorter than frames × stride are left out",
    protocols: cut,
    choices: ['fitted', 'reference'],
    default: 'fitted',
  },
  splitList: {
    type: 'choice',
    label: 'Split list',
    meaning: "Which of a data set's three split lists; 0 is the one it was indexed with",
    protocols: PROTOCOLS.filter((name) => name !== 'kernels'),
    choices: [0, 1, 2, 3],
    default: 0,
  },
  split: {
    type: 'choice',
    label: 'Tested on',
    meaning:
      "The test split, or a quarter of each class's training videos, held out: choose settings on those, and look at the test split once",
    protocols: PROTOCOLS.filter((name) => name !== 'kernels'),
    choices: ['test', 'validation'],
    default: 'test',
  },
  splitSeed: {
    type: 'int',
    label: 'Validation seed',
    meaning: 'Draws the training videos that validation holds out',
    protocols: PROTOCOLS.filter((name) => name !== 'kernels'),
    min: 1,
    max: 2_147_483_647,
    default: 1,
    where: { setting: 'split', is: 'validation' },
  },
  tag: {
    type: 'text',
    label: 'Test videos with the tag',
    meaning:
      'Tests only on videos that have this tag; empty: on all. Training videos stay the same',
    protocols: PROTOCOLS.filter((name) => name !== 'kernels'),
    max: 100,
    default: '',
  },
  normalise: {
    type: 'flag',
    label: 'Normalise features',
    meaning: 'Scale the features of each clip to length 1 before the linear classifier',
    protocols: probed,
    default: false,
  },
  standardise: {
    type: 'choice',
    label: 'Standardise features',
    meaning:
      'train: each feature less its mean over the training clips, divided by its deviation there, so that one learning rate suits every encoder. none: features as the encoder gives them, as papers do',
    protocols: probed,
    choices: ['train', 'none'],
    default: 'train',
  },
  trainClips: {
    type: 'choice',
    label: 'Training clips',
    meaning:
      'centre: the same clips of each video in every epoch, cut as for the test. augmented: a random clip of each video, random crops of 20 to 100 % of the frame and flips, through the encoder at every step, as papers do',
    protocols: ['linear'],
    choices: ['centre', 'augmented'],
    default: 'centre',
  },
  unitClips: {
    type: 'flag',
    label: 'Unit clips',
    meaning: "Scale each clip's features to length 1 before they are averaged over a video",
    protocols: ['retrieval'],
    default: false,
  },
  centring: {
    type: 'choice',
    label: 'Centring',
    meaning:
      "train: the training videos' mean is taken off all features. splits: each split's own mean is taken off its features, which uses the test videos' mean",
    protocols: ['retrieval'],
    choices: ['train', 'splits'],
    default: 'train',
  },
  colours: {
    type: 'choice',
    label: 'Colour statistics',
    meaning:
      "Mean and deviation that colours are normalised by: Kinetics', as in pretraining, or ImageNet's, as in the reference's main_retrieve.py",
    protocols: ['retrieval'],
    choices: ['kinetics', 'imagenet'],
    default: 'kinetics',
  },
  k: {
    type: 'int',
    label: 'Neighbours k',
    meaning: 'Nearest training videos that vote',
    protocols: ['knn'],
    unit: 'videos',
    min: 1,
    max: 10_000,
    default: 20,
  },
  temperature: {
    type: 'number',
    label: 'Temperature T',
    meaning: 'A neighbour votes with weight exp(cosine / T) (Wu et al., CVPR 2018)',
    protocols: ['knn'],
    min: 0.001,
    max: 10,
    default: 0.07,
  },
  epochs: {
    type: 'int',
    label: 'Epochs',
    meaning: 'Passes over the training clips',
    protocols: trained,
    unit: 'epochs',
    min: 1,
    max: 10_000,
    default: 100,
    defaults: { finetune: 150 },
  },
  lr: {
    type: 'number',
    label: 'Learning rate',
    meaning: 'Learning rate at the start of the schedule',
    protocols: trained,
    min: 0,
    max: 100,
    default: 0.1,
    defaults: { finetune: 0.025 },
  },
  decay: {
    type: 'choice',
    label: 'Learning rate decay',
    meaning: 'cosine: along a cosine to 0. steps: multiplied by the factor at the two milestones',
    protocols: ['linear'],
    choices: ['cosine', 'steps'],
    default: 'cosine',
  },
  batch: {
    type: 'int',
    label: 'Batch',
    meaning: 'Clips per step',
    protocols: trained,
    unit: 'clips',
    min: 1,
    max: 4096,
    default: 128,
    defaults: { finetune: 64 },
  },
  weightDecay: {
    type: 'number',
    label: 'Weight decay',
    meaning: 'L2 penalty on every weight, added to the gradient',
    protocols: trained,
    min: 0,
    max: 1,
    default: 1e-4,
  },
  backgrounds: {
    type: 'choice',
    label: 'Backgrounds from',
    meaning:
      'Split whose videos lend their backgrounds; those of training videos are the ones that a shortcut would have learned',
    protocols: ['background'],
    choices: ['train', 'test'],
    default: 'train',
  },
  videos: {
    type: 'int',
    label: 'Videos',
    meaning: 'Test videos that are looked at, in turn from every class',
    protocols: ['activation'],
    unit: 'videos',
    min: 1,
    max: 1_000_000,
    default: 96,
  },
  shown: {
    type: 'choice',
    label: 'Videos on the map',
    meaning: 'Test videos alone, or training videos too',
    protocols: ['map'],
    choices: ['both', 'test'],
    default: 'both',
  },
  neighbours: {
    type: 'int',
    label: 'Neighbours',
    meaning:
      'Nearest videos that are kept near (n_neighbors of UMAP); few show detail, many the whole',
    protocols: ['map'],
    unit: 'videos',
    min: 2,
    max: 200,
    default: 15,
  },
  minDistance: {
    type: 'number',
    label: 'min_dist',
    meaning: 'Smallest distance between points on the map (UMAP)',
    protocols: ['map'],
    min: 0,
    max: 1,
    default: 0.1,
  },
  milestone1: {
    type: 'int',
    label: 'First milestone',
    meaning: 'Passes after which the learning rate falls for the first time',
    protocols: ['linear', 'finetune'],
    unit: 'epochs',
    min: 1,
    max: 10_000,
    default: 60,
    where: { setting: 'decay', is: 'steps', of: ['linear'] },
  },
  milestone2: {
    type: 'int',
    label: 'Second milestone',
    meaning: 'Passes after which the learning rate falls once more',
    protocols: ['linear', 'finetune'],
    unit: 'epochs',
    min: 1,
    max: 10_000,
    default: 120,
    defaults: { linear: 80 },
    where: { setting: 'decay', is: 'steps', of: ['linear'] },
  },
  factor: {
    type: 'number',
    label: 'Factor',
    meaning: 'What the learning rate is multiplied by at each milestone',
    protocols: ['linear', 'finetune'],
    min: 0,
    max: 1,
    default: 0.1,
    where: { setting: 'decay', is: 'steps', of: ['linear'] },
  },
  dropout: {
    type: 'number',
    label: 'Dropout',
    meaning: 'Part of the features that is left out before the classifier at each step',
    protocols: ['finetune'],
    min: 0,
    max: 0.95,
    default: 0,
  },
  trainCrops: {
    type: 'choice',
    label: 'Training crops',
    meaning:
      "run: random crops and flips as the run's settings have them. reference: crops of 20 to 100 % of the frame, flips of one clip in two",
    protocols: ['finetune'],
    choices: ['run', 'reference'],
    default: 'run',
  },
  grayscale: {
    type: 'number',
    label: 'Grayscale',
    meaning: 'Probability of dropping the colours of a training clip',
    protocols: ['finetune'],
    min: 0,
    max: 1,
    default: 0,
  },
  jitter: {
    type: 'number',
    label: 'Colour jitter',
    meaning:
      'Probability of changing brightness, contrast, saturation (0.4) and hue (0.1) of a training clip',
    protocols: ['finetune'],
    min: 0,
    max: 1,
    default: 0,
  },
  merge: {
    type: 'choice',
    label: 'Merge',
    meaning:
      "fame sets each clip's foreground on another clip's background while training, with the foreground's class, as the run's FAME settings have it",
    protocols: ['finetune'],
    choices: ['none', 'fame'],
    default: 'none',
  },
  seed: {
    type: 'int',
    label: 'Seed',
    meaning:
      "Order of the clips, whatever else is drawn, and the weights of a randomly initialised encoder; 0 takes the run's",
    protocols: PROTOCOLS,
    min: 0,
    max: 2_147_483_647,
    default: 0,
  },
} as const satisfies Record<string, EvaluationSetting>
