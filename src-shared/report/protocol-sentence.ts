import {
  defaultSettings,
  settingsFor,
  type EvaluationSettings,
} from '../config/evaluation-settings.ts'
import { protocols, type Protocol } from '../config/protocols.ts'

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

/**
 * The protocol in full, as it stands beside a number: what is done, split, clips x crops, level and
 * schedule.
 */
export function protocolSentence(measured: Measured): string {
  const { protocol, settings } = measured
  const { clips, crops, splitList } = settings
  const videos = `${clips} ${clips === 1 ? 'clip' : 'clips'} × ${crops} ${crops === 1 ? 'crop' : 'crops'} a video`
  const split = splitList === 0 ? 'split as indexed' : `split ${splitList}`
  const known = ['clips', 'crops', 'splitList', 'seed']
  const rest = settingsFor(protocol)
    .filter(([name]) => !known.includes(name))
    .map(([name, { label }]) => `${label.toLowerCase()} ${printSetting(settings[name])}`)
  const level = protocols[protocol].kind === 'measure' ? `${videos}, video level` : videos
  return [protocols[protocol].label, split, level, ...rest].join(' · ')
}

function printSetting(value: string | number | boolean): string {
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value)
}
