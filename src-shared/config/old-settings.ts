import { DEFAULT_METHOD, methodNamed } from '../methods/index.ts'
import type { AnyConfig } from '../methods/method.ts'
import type { SettingValue } from '../settings/setting.ts'

/** Names of version 0.1, and what the settings are called now. */
const RENAMED: Readonly<Record<string, string>> = { fame: 'merge' }

/** What runs were made with that are older than these settings. */
const OLDER = {
  modality: 'rgb',
  flowAlgorithm: 'farneback',
  flowSize: 128,
  flowFlip: 'negate',
  interval: 'independent',
  intervalPower: 1,
  cropScaleMax: 1,
  cropAspectMin: 0.75,
  jitterBrightness: 0.4,
  jitterContrast: 0.4,
  jitterSaturation: 0.4,
  jitterHue: 0.1,
  colourOrder: 'grayscale-first',
  solarise: 0,
  asymmetric: false,
  blurOthers: 0.1,
  solariseOthers: 0.2,
  consistent: true,
  coloursByFrame: false,
  frameMix: 0,
  background: 'inter',
  maskPer: 'clip',
  adaptiveBeta: false,
  adaptiveFallback: false,
  compensateMotion: false,
  cameraBorder: false,
  cameraPerspective: false,
  motionNoise: false,
  useCorrections: false,
  accumulate: 1,
  optimiser: 'sgd',
  lrRule: 'fixed',
  decayVectors: true,
  schedule: 'cosine',
  stepEvery: 60,
  stepAt: '',
  stepFactor: 0.1,
  finalLr: 0,
  warmup: 0,
  clipNorm: 0,
  beta2: 0.999,
  balanced: false,
  dropLast: true,
  repeats: 1,
  keepCheckpoints: 2,
  decodedCache: 0,
  knnEvery: 0,
  tensorboard: false,
  wire: 'float32',
} as const satisfies Partial<AnyConfig>

/** The same settings under their present names. */
export function presentNames<Value>(values: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [RENAMED[name] ?? name, value]),
  )
}

/** What runs of a method were made with that are older than a setting, by the setting's name. */
export function olderValues(method: string): Readonly<Record<string, SettingValue>> {
  return { ...OLDER, ...methodNamed(method).older }
}

/** The configuration of a stored run, whatever version wrote it, with every setting of today. */
export function storedConfig(stored: Record<string, unknown>): AnyConfig {
  const given = presentNames(stored)
  const method = typeof given.method === 'string' ? given.method : DEFAULT_METHOD
  return { ...olderValues(method), ...given, method } as AnyConfig
}
