import type { Settings } from '../methods/takes-flow.ts'
import { flowDifferences } from './flow-differences.ts'

export const referenceAreas = {
  batchNorm: 'Pretraining: batch normalisation and optimiser',
  clips: 'Pretraining: clips and augmentation',
  views: 'Pretraining: views of other papers',
  flow: 'Optical flow',
  masks: 'Pretraining: masks and merging',
  finetune: 'Fine-tuning',
  linear: 'Linear probe',
  retrieval: 'Retrieval',
} as const
export type ReferenceArea = keyof typeof referenceAreas

/**
 * A known difference between the workbench and the reference implementation (the authors' code,
 * Mark12Ding/FAME on GitHub) that no setting of the paper describes.
 */
export interface ReferenceDifference {
  /** Stable; reports and the command line refer to it. */
  id: string
  area: ReferenceArea
  title: string
  reference: string
  workbench: string
  /** How large the difference is, as measured or computed. */
  size: string
  reason: string
  /** Which runs it concerns, in words. */
  concerns: string
  /** The same for settings of pretraining; null where those do not matter. */
  appliesTo: ((settings: Settings) => boolean) | null
}

const merges = ({ merge }: Settings): boolean => merge !== 'none'

/**
 * The one list of known differences. `docs/reference-differences.md` is rendered from it, and what
 * presets and forms say about a recipe reads it.
 */
export const referenceDifferences: readonly ReferenceDifference[] = [
  {
    id: 'batch-norm-over-batch',
    area: 'batchNorm',
    title: 'Batch statistics over the whole batch, keys not shuffled',
    reference:
      'Batch normalisation over the 8 clips of a GPU (64 clips on 8 GPUs); keys are shuffled across GPUs, so that a query and its key do not share statistics.',
    workbench:
      'Batch normalisation over all clips of a batch, and keys stay in order, unless shuffled batch norm (shuffleBN) is on.',
    size: 'Not measured on UCF101. Without shuffling a network can tell positives by the statistics they share (He et al., CVPR 2020, section 3.3).',
    reason:
      'One process computes the whole batch at once. shuffleBN computes it in groups of 8 as the reference does.',
    concerns: 'Runs without shuffleBN.',
    appliesTo: ({ shuffleBN }) => shuffleBN === false,
  },
  {
    id: 'accumulated-batches',
    area: 'batchNorm',
    title: 'A step in several batches',
    reference: 'All 64 videos of a step go through the network and the queue at once.',
    workbench:
      'With several batches per step, each batch is normalised by itself and its keys are negatives for the batches after it in the same step.',
    size: 'With four batches of 16, groups of 8 for shuffleBN are drawn from 16 keys instead of 64; without it, 16 keys share statistics. The queue moves on a quarter at a time.',
    reason: 'A GPU of 16 GB does not hold 64 pairs of clips.',
    concerns: 'Runs with more than one batch per step: the presets for one GPU and for a CPU.',
    appliesTo: ({ accumulate }) => accumulate !== 1,
  },
  {
    id: 'cosine-per-step',
    area: 'batchNorm',
    title: 'Learning rate falls at every step',
    reference: 'The cosine schedule is evaluated once per epoch.',
    workbench: 'The cosine schedule is evaluated at every step.',
    size: 'At most 7.8e-5 apart at a learning rate of 0.01 over 200 epochs.',
    reason: 'The schedule does not depend on the number of videos per epoch.',
    concerns: 'Runs with the cosine schedule.',
    appliesTo: ({ schedule }) => schedule === 'cosine',
  },
  {
    id: 'clip-starts',
    area: 'clips',
    title: 'Starts of the two clips of a video',
    reference:
      'Two different starts, drawn without replacement; the last possible start is never drawn.',
    workbench: 'Two independent starts out of all possible ones.',
    size: 'In a video of 180 frames with 150 starts, both clips start at the same frame in 1 of 150 pairs.',
    reason:
      'Each clip is drawn from its own seed, so that loader threads and resumed runs give the same clips.',
    concerns: 'Runs with independent intervals.',
    appliesTo: ({ interval }) => interval === 'independent',
  },
  {
    id: 'blur-sigma',
    area: 'clips',
    title: 'Width of the blur',
    reference: 'Sigma is drawn once when the process starts, and is the same for the whole run.',
    workbench: 'Sigma is drawn for each clip, uniform from 0.1 to 2 px.',
    size: 'Over many clips the distribution that the paper describes, instead of one value of it.',
    reason: 'By mistake, the reference draws the random number when it builds the pipeline.',
    concerns: 'Runs with blur.',
    appliesTo: ({ blur }) => blur !== 0,
  },
  {
    id: 'jitter-order',
    area: 'clips',
    title: 'Order of the colour changes',
    reference: 'One order of brightness, contrast, saturation and hue for each batch.',
    workbench: 'One order for each clip.',
    size: 'The same 24 orders with the same probabilities; clips of a batch no longer share one.',
    reason: 'Clips are augmented one by one in loader threads.',
    concerns: 'Runs and fine-tuning with colour jitter.',
    appliesTo: ({ jitter }) => jitter !== 0,
  },
  {
    id: 'kornia-version',
    area: 'clips',
    title: 'Formulas of the colour jitter',
    reference:
      'kornia, whose version is not pinned. Before 0.6.4 brightness is added, contrast ignores the mean, and saturation is scaled in HSV.',
    workbench: "torchvision's formulas, which are those of kornia from 0.6.4 on.",
    size: 'Against a reimplementation of the older formulas, pixels differ by 0.114 of the range on average, and the standard deviation of the mean level is 0.104 instead of 0.218.',
    reason: 'The version that the authors used is not known.',
    concerns: 'Runs and fine-tuning with colour jitter.',
    appliesTo: ({ jitter }) => jitter !== 0,
  },
  {
    id: 'interval-laws',
    area: 'views',
    title: 'Interval between the clips of a video',
    reference:
      'Qian et al. (CVPR 2021) draw the interval of two clips from a decreasing law; their code has power 1 and float32. The paper compares other laws, which the code does not contain.',
    workbench:
      'The same cumulative distribution and bisection over whole frames, in float64, for any power. near and far are the nearest and the farthest quarter of the intervals. With three or more clips the law gives the interval between the earliest and the latest; the others lie uniformly between.',
    size: 'Bisection gives 5, 13, 29, 50, 68 and 90 frames at the quantiles 0.1, 0.25, 0.5, 0.75, 0.9 and 0.99 of 100 starts, as in the code. With power 1 the law is that of the distance between two independent starts, but for rounding: independent clips are drawn alike.',
    reason: 'The code draws two clips, and the paper does not define the other laws in numbers.',
    concerns: 'Runs with another interval than independent.',
    appliesTo: ({ interval }) => interval !== 'independent',
  },
  {
    id: 'tensorflow-colours',
    area: 'views',
    title: 'Formulas of the colour changes in TensorFlow',
    reference:
      'The code of Qian et al. (CVPR 2021) uses TensorFlow: contrast is taken around the mean of each channel over all frames, saturation is scaled in HSV, and the blur pads with zeros.',
    workbench:
      'torchvision’s formulas: contrast around the mean grey of each frame, saturation as a mix with the grey of each pixel; the blur reflects the border.',
    size: 'With the strengths 0.8, 0.8, 0.8 and 0.2 on two real clips, 200 jitters each, computed by both formulas: pixels differ by 0.024 of the range on average, by 0.047 in one jitter of ten.',
    reason: 'All methods share one set of formulas, so that their runs are comparable.',
    concerns: 'Runs with colour jitter before grayscale.',
    appliesTo: ({ colourOrder, jitter }) => colourOrder === 'jitter-first' && jitter !== 0,
  },
  {
    id: 'frame-mix',
    area: 'views',
    title: 'Part of the frame that is mixed in',
    reference:
      'The code of Wang et al. (CVPR 2021) draws one λ for all clips of a batch, and one frame for each clip.',
    workbench: 'One λ and one frame for each clip.',
    size: 'The same distribution for a clip; the clips of a batch no longer share one.',
    reason:
      'A clip follows from its seed, whichever batch and thread make it. The paper draws λ for a clip.',
    concerns: 'Runs with a frame mixed in.',
    appliesTo: ({ frameMix }) => frameMix !== 0,
  },
  {
    id: 'background-partner',
    area: 'masks',
    title: 'Which clip lends its background',
    reference:
      'A random permutation of the 8 clips of a GPU: a clip keeps its own background in 1 of 8 cases.',
    workbench: 'A random cycle over the whole batch: no clip keeps its own background.',
    size: '12.5 % of clips keep their own background in the reference, none in the workbench.',
    reason: 'A clip with its own background teaches nothing about backgrounds.',
    concerns: 'Runs with FAME.',
    appliesTo: merges,
  },
  {
    id: 'mask-ties',
    area: 'masks',
    title: 'Pixels that tie',
    reference: 'Among equal values the mask takes whichever top-k returns first.',
    workbench: 'Tied pixels are shared among the histograms in proportion.',
    size: 'None in real video: clips of 16 real and sample videos had at most 0.4 % of tied pixels and agree (IoU 0.9997 or more). In noise-free synthetic video with a still background 65 to 100 % of pixels tie and the masks agree with an IoU of 0.33 to 0.78.',
    reason: 'The result does not depend on the device or on the order of pixels.',
    concerns: 'Runs with FAME’s masks on video without noise.',
    appliesTo: (settings) =>
      merges(settings) && (settings.variant === 'fame' || settings.variant === 'seed'),
  },
  ...flowDifferences,
  {
    id: 'finetune-reported-epoch',
    area: 'finetune',
    title: 'Which epoch is reported',
    reference: 'Tests every ten epochs and at the end, and keeps the best of these results.',
    workbench: 'Reports the last epoch, whatever the schedule.',
    size: 'Not measured. The best of several tests on the same videos is biased upwards.',
    reason: 'Choosing an epoch on the test videos is choosing on the test set.',
    concerns: 'All evaluations by fine-tuning and by linear probe.',
    appliesTo: null,
  },
  {
    id: 'finetune-batch-norm',
    area: 'finetune',
    title: 'Batch statistics over the whole batch',
    reference:
      'Batch normalisation over the clips of one GPU: a batch of 128 is divided among the GPUs, 16 each where there are 8.',
    workbench: 'Batch normalisation over all clips of a batch.',
    size: 'Not measured.',
    reason: 'One process computes the whole batch at once.',
    concerns: 'All evaluations by fine-tuning.',
    appliesTo: null,
  },
  {
    id: 'finetune-default',
    area: 'finetune',
    title: 'How the default schedule differs',
    reference:
      'Batch 128, dropout 0.7, crops of 20 to 100 % with grayscale 0.2 and colour jitter 0.8; test clips are the centre of frames as they are, 112 px of 320x240 being 16 % of a frame; videos shorter than a clip are left out.',
    workbench:
      'The schedule `recommended` has its own batch, dropout and augmentation, scales the short side of test frames to the crop size, and plays short videos again. The schedule `reference` does the same as the reference.',
    size: 'Test clips show 75 % of a frame instead of 16 %; clips start at most one frame apart.',
    reason:
      'Objects stay in the picture. Choose `reference` to compare with the paper’s fine-tuning.',
    concerns: 'Fine-tuning with the schedule `recommended`.',
    appliesTo: null,
  },
  {
    id: 'linear-colours',
    area: 'linear',
    title: 'Colours of the training clips',
    reference: '`eval.py --freeze` does not normalise the colours of training clips.',
    workbench: 'Normalises them like those of test clips, with every schedule.',
    size: 'Not measured.',
    reason: 'It looks like an oversight: test clips are normalised there.',
    concerns: 'All linear probes.',
    appliesTo: null,
  },
  {
    id: 'linear-start',
    area: 'linear',
    title: 'Start of the classifier',
    reference: 'Weights start as normal with deviation 0.01.',
    workbench: 'Weights start at zero.',
    size: 'Not measured. The loss is convex in these weights, so the start matters less the longer training lasts.',
    reason: 'A start at zero favours no class and needs no seed.',
    concerns: 'All linear probes.',
    appliesTo: null,
  },
  {
    id: 'linear-default',
    area: 'linear',
    title: 'How the default schedule differs',
    reference: 'SGD on random crops of the videos, features scaled to unit length.',
    workbench:
      'The schedule `recommended` trains on features of centre crops, standardised by those of the training clips. The schedule `reference` does the same as the reference, except for the two points above and the epoch that is reported.',
    size: 'On an encoder after 36 steps, standardising alone moved top-1 from 30.2 to 20.8 % of 96 videos.',
    reason: 'Features are extracted once instead of in every epoch.',
    concerns: 'Linear probes with the schedule `recommended`.',
    appliesTo: null,
  },
  {
    id: 'retrieval-default',
    area: 'retrieval',
    title: 'How the default schedule differs',
    reference:
      'Scales each clip’s feature to unit length before averaging, centres queries by the mean of the queries and keys by that of the keys, and normalises colours by ImageNet’s statistics.',
    workbench:
      'The schedule `recommended` averages features as they are, centres both by the mean of the training videos, and normalises colours as in pretraining. The schedule `reference` does the same as the reference.',
    size: 'On the same features of 96 test videos: R@1 33.3 % here, 31.3 % there; R@20 88.5 and 85.4 %; R@50 99.0 and 100 %.',
    reason: 'No statistics of the test videos are used.',
    concerns: 'Retrieval with the schedule `recommended`.',
    appliesTo: null,
  },
]

/** The differences that concern a pretraining run with these settings. */
export function pretrainingDifferences(settings: Settings): ReferenceDifference[] {
  return referenceDifferences.filter(({ appliesTo }) => appliesTo?.(settings))
}
