import {
  defaultSettings,
  playsAPart,
  settingsFor,
  type EvaluationSettings,
} from '../config/evaluation-settings.ts'
import type { OwnTraining } from '../contract/evaluations.ts'
import { tasks, type Protocol } from '../tasks/index.ts'
import { count } from '../tasks/phrases.ts'

export interface Measured {
  protocol: Protocol
  settings: EvaluationSettings
  /** Left out, what a protocol takes from the encoder's training is named but not given. */
  training?: OwnTraining
}

/** Settings that are not at the task's default: `{ label: 'Clips per video', value: '2' }`. */
export function differingSettings({ protocol, settings }: Measured): {
  name: keyof EvaluationSettings
  label: string
  value: string
}[] {
  const usual = defaultSettings(protocol)
  return settingsFor(protocol)
    .filter(([, row]) => playsAPart(row, settings))
    .filter(([name]) => settings[name] !== usual[name])
    .map(([name, { label }]) => ({ name, label, value: printSetting(settings[name]) }))
}

/**
 * The protocol in full, as it stands beside a number: what is done with which settings, which split,
 * clips × crops and how they are cut, and how a video's clips come to one answer. Changing any
 * setting that plays a part changes it.
 */
export function protocolSentence({ protocol, settings, training }: Measured): string {
  const task = tasks[protocol]
  const method = task.method(settings, training).join(', ')
  const { clips, crops, seed } = settings
  const level = [
    `video level from ${count(clips, 'clip')} × ${count(crops, 'crop')}`,
    ...('testClips' in task.settings ? [geometries[settings.testClips]] : []),
    `mean of their ${'average' in task.settings ? settings.average : task.averages}`,
  ]
  return [
    method[0]?.toUpperCase() + method.slice(1),
    ...('stream' in task.settings ? streamPhrase({ protocol, settings, training }) : []),
    ...('splitList' in task.settings ? [splitOf(settings)] : []),
    ...(task.averages === null ? [] : [level.join(', ')]),
    // 0 takes the run's.
    ...(seed > 0 ? [`seed ${seed}`] : []),
  ].join(' · ')
}

/** Which network is evaluated, where there is more than one. */
function streamPhrase({ protocol, settings: { stream }, training }: Measured): string[] {
  const isSingle = (training?.streams.length ?? 1) === 1
  if (isSingle && stream === 'rgb') return []
  if (stream !== 'both') return [stream === 'flow' ? 'stream of flow' : 'stream of colours']
  return [`streams of colours and of flow together: ${tasks[protocol].fusion ?? ''}`]
}

const geometries: Record<EvaluationSettings['testClips'], string> = {
  fitted: 'short side scaled to the crop',
  reference:
    "cut from frames as they are, starts as in the reference's code, shorter videos left out",
}

function splitOf(settings: EvaluationSettings): string {
  const { tag } = settings
  return tag === '' ? testedOn(settings) : `${testedOn(settings)}, only test videos tagged “${tag}”`
}

function testedOn({ splitList, split, splitSeed }: EvaluationSettings): string {
  const listed = splitList === 0 ? 'split as indexed' : `split ${splitList}`
  return split === 'test'
    ? listed
    : `${listed}, tested on a quarter of its training videos, held out with seed ${splitSeed}`
}

/** `on`, `0.7`, `reference`. */
export function printSetting(value: string | number | boolean): string {
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value)
}
