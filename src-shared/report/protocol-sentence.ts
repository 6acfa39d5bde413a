import {
  CLASSIFIER_MOMENTUM,
  defaultSettings,
  playsAPart,
  settingsFor,
  type EvaluationSettings,
} from '../config/evaluation-settings.ts'
import type { Protocol } from '../config/protocols.ts'
import type { OwnTraining } from '../contract/evaluations.ts'

export interface Measured {
  protocol: Protocol
  settings: EvaluationSettings
  /** Left out, what a protocol takes from the encoder's training is named but not given. */
  training?: OwnTraining
}

/** Settings that are not at the protocol's default: `{ label: 'Clips per video', value: '2' }`. */
export function differingSettings({ protocol, settings }: Measured): {
  name: keyof EvaluationSettings
  label: string
  value: string
}[] {
  const usual = defaultSettings(protocol)
  return settingsFor(protocol)
    .filter(([, row]) => playsAPart(row, protocol, settings))
    .filter(([name]) => settings[name] !== usual[name])
    .map(([name, { label }]) => ({ name, label, value: printSetting(settings[name]) }))
}

/** How a protocol comes to its answer: every setting that plays a part, defaults included. */
type Method = (settings: EvaluationSettings, own: OwnTraining | undefined) => string[]

const methods: Record<Protocol, Method> = {
  linear: (settings) => [
    `linear probe on frozen features, ${features(settings)}`,
    trainingClips(settings),
    optimised(settings),
  ],
  finetune: (settings, own) => [
    'fine-tuning of the whole encoder',
    ...(settings.merge === 'fame' ? [`clips merged by FAME${masksOf(own)}`] : []),
    settings.trainCrops === 'run' ? ownCrops(own) : RANDOM_CROPS,
    `grayscale ${settings.grayscale}`,
    `colour jitter ${settings.jitter}`,
    `dropout ${settings.dropout}`,
    optimised({ ...settings, decay: 'steps' }),
  ],
  retrieval: ({ unitClips, centring, colours }) => [
    'retrieval by the cosine of features',
    centring === 'train' ? "less the training videos' mean" : "less each split's own mean",
    unitClips ? 'clips scaled to length 1' : 'clips as they are',
    `colours normalised as ${colours === 'kinetics' ? 'in Kinetics' : 'in ImageNet'}`,
  ],
  knn: ({ k, temperature }) => [
    `vote of the ${k} nearest training videos by cosine`,
    `temperature ${temperature}`,
  ],
  background: (settings, own) => [
    `linear probe on frozen features, ${features(settings)}`,
    optimised({ ...settings, decay: 'cosine' }),
    `tested on videos set on backgrounds of the ${settings.backgrounds} split`,
    `masks by FAME${masksOf(own)} where there are none better`,
  ],
  activation: ({ videos }) => [`activation maps of at most ${count(videos, 'test video')}`],
  kernels: () => ['weights of the temporal kernels'],
  map: ({ shown, neighbours, minDistance }) => [
    `UMAP of ${shown === 'both' ? 'training and test videos' : 'test videos alone'}`,
    count(neighbours, 'neighbour'),
    `min_dist ${minDistance}`,
  ],
}

const RANDOM_CROPS = cropsFrom({ cropScaleMin: 0.2, flip: 0.5 })

function ownCrops(own: OwnTraining | undefined): string {
  return own ? `${cropsFrom(own)}, as in its training` : "the run's random crops and flips"
}

function cropsFrom({ cropScaleMin, flip }: Pick<OwnTraining, 'cropScaleMin' | 'flip'>): string {
  return `random crops of ${Number((100 * cropScaleMin).toFixed(1))} to 100 % of the frame and flips with probability ${flip}`
}

function masksOf(own: OwnTraining | undefined): string {
  return own ? ` (${own.variant}, β ${own.beta})` : ''
}

const levels: Partial<Record<Protocol, string>> = {
  linear: 'mean of their logits',
  finetune: 'mean of their logits',
  background: 'mean of their logits',
  retrieval: 'mean of their features',
  knn: 'mean of their features',
  map: 'mean of their features',
}

/**
 * The protocol in full, as it stands beside a number: what is done with which settings, which split,
 * clips × crops and how they are cut, and how a video's clips come to one answer. Changing any
 * setting that plays a part changes it.
 */
export function protocolSentence({ protocol, settings, training }: Measured): string {
  const known = new Set(settingsFor(protocol).map(([name]) => name))
  const method = methods[protocol](settings, training).join(', ')
  const { clips, crops, seed } = settings
  const level = [
    `video level from ${count(clips, 'clip')} × ${count(crops, 'crop')}`,
    ...(known.has('testClips') ? [geometries[settings.testClips]] : []),
    levels[protocol],
  ]
  return [
    method[0]?.toUpperCase() + method.slice(1),
    ...(known.has('splitList') ? [splitOf(settings)] : []),
    ...(known.has('clips') ? [level.join(', ')] : []),
    // 0 takes the run's.
    ...(seed > 0 ? [`seed ${seed}`] : []),
  ].join(' · ')
}

const geometries: Record<EvaluationSettings['testClips'], string> = {
  fitted: 'short side scaled to the crop',
  reference:
    "cut from frames as they are, starts as in the reference's code, shorter videos left out",
}

function splitOf(settings: EvaluationSettings): string {
  const { tag } = settings
  return tag === ''
    ? testedOn(settings)
    : `${testedOn(settings)}, test videos tagged “${tag}” alone`
}

function testedOn({ splitList, split, splitSeed }: EvaluationSettings): string {
  const listed = splitList === 0 ? 'split as indexed' : `split ${splitList}`
  return split === 'test'
    ? listed
    : `${listed}, tested on a quarter of its training videos, held out with seed ${splitSeed}`
}

function features({ normalise, standardise }: EvaluationSettings): string {
  const scaled = normalise ? 'L2-normalised' : ''
  const standardised = standardise === 'train' ? 'standardised by the training clips' : ''
  return [scaled, standardised].filter(Boolean).join(', then ') || 'as they are'
}

function trainingClips({ trainClips }: EvaluationSettings): string {
  return trainClips === 'centre'
    ? 'trained on the same clips of each training video'
    : `trained on one random clip per training video and epoch, ${RANDOM_CROPS}`
}

function optimised(settings: EvaluationSettings): string {
  const { epochs, lr, decay, milestone1, milestone2, factor, batch, weightDecay } = settings
  const schedule =
    decay === 'cosine'
      ? `learning rate ${lr} by a cosine to 0 over ${count(epochs, 'epoch')}`
      : `learning rate ${lr}, × ${factor} after ${milestone1} and ${milestone2} of ${count(epochs, 'epoch')}`
  return `${schedule}, batch ${batch}, SGD with momentum ${CLASSIFIER_MOMENTUM} and weight decay ${weightDecay}`
}

function count(number: number, of: string): string {
  return `${number} ${of}${number === 1 ? '' : 's'}`
}

/** `on`, `0.7`, `reference`. */
export function printSetting(value: string | number | boolean): string {
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value)
}
