import {
  defaultSettings,
  settingsFor,
  type EvaluationSettings,
} from '../config/evaluation-settings.ts'
import type { Protocol } from '../config/protocols.ts'

export interface Measured {
  protocol: Protocol
  settings: EvaluationSettings
}

/** Settings that are not at the protocol's default: `{ label: 'Clips a video', value: '2' }`. */
export function differingSettings({ protocol, settings }: Measured): {
  name: keyof EvaluationSettings
  label: string
  value: string
}[] {
  const usual = defaultSettings(protocol)
  return settingsFor(protocol)
    .filter(([name]) => settings[name] !== usual[name])
    .map(([name, { label }]) => ({ name, label, value: printSetting(settings[name]) }))
}

/** How a protocol comes to its answer, with what is not at its default by nature. */
const methods: Record<Protocol, (settings: EvaluationSettings) => string> = {
  linear: (settings) =>
    `linear probe on frozen${settings.normalise ? ', L2-normalised' : ''} features, ${cosine(settings)}`,
  finetune: (settings) => {
    const { epochs, lr, milestone1, milestone2, factor, batch, weightDecay, dropout } = settings
    const merged = settings.merge === 'fame' ? ', clips merged by FAME' : ''
    const left = dropout > 0 ? `, dropout ${dropout}` : ''
    return `fine-tuning of the whole encoder${merged}, learning rate ${lr}, × ${factor} after ${milestone1} and ${milestone2} of ${count(epochs, 'epoch')}, batch ${batch}, weight decay ${weightDecay}${left}`
  },
  retrieval: () => 'retrieval by the cosine of mean-centred, L2-normalised features',
  knn: ({ k, temperature }) =>
    `vote of the ${k} nearest training videos by cosine, temperature ${temperature}`,
  background: (settings) =>
    `linear probe, ${cosine(settings)}, tested on videos set on backgrounds of the ${settings.backgrounds} split`,
  activation: ({ videos }) => `activation maps of at most ${count(videos, 'test video')}`,
  kernels: () => 'weights of the temporal kernels',
  map: ({ neighbours, minDistance }) =>
    `UMAP of features averaged over clips, ${count(neighbours, 'neighbour')}, least distance ${minDistance}`,
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
 * The protocol in full, as it stands beside a number: what is done with which schedule, split, clips
 * x crops, and how a video's clips come to one answer.
 */
export function protocolSentence({ protocol, settings }: Measured): string {
  const { clips, crops, splitList } = settings
  const known = new Set(settingsFor(protocol).map(([name]) => name))
  const method = methods[protocol](settings)
  const listed = splitList === 0 ? 'split as indexed' : `split ${splitList}`
  const split = settings.split === 'test' ? listed : `${listed}, ${heldOutOf(settings)}`
  const level = levels[protocol]
  const videos = `video level from ${count(clips, 'clip')} × ${count(crops, 'crop')}`
  return [
    method[0]?.toUpperCase() + method.slice(1),
    ...(known.has('splitList') ? [split] : []),
    ...(known.has('clips') ? [level ? `${videos}, ${level}` : videos] : []),
  ].join(' · ')
}

function heldOutOf({ splitSeed }: EvaluationSettings): string {
  return `tested on a quarter of its training videos, held out with seed ${splitSeed}`
}

function cosine({ epochs, lr, batch, weightDecay }: EvaluationSettings): string {
  return `learning rate ${lr} by a cosine to 0 over ${count(epochs, 'epoch')}, batch ${batch}, weight decay ${weightDecay}`
}

function count(number: number, of: string): string {
  return `${number} ${of}${number === 1 ? '' : 's'}`
}

function printSetting(value: string | number | boolean): string {
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value)
}
