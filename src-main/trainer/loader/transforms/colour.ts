/**
 * Colour changes on clips of floats in [0, 1], in place, alike for all frames; formulas of
 * torchvision.transforms.functional on float tensors.
 */
import type { InputScaling } from '#shared/encoders/scaling.ts'
import type { FloatClip } from '#shared/fame/clip.ts'
import type { Rng } from '#shared/random/rng.ts'
import type { ColourJitter } from '#shared/views/view-spec.ts'
import { shiftHue } from './hue.ts'

const CHANGES = ['brightness', 'contrast', 'saturation', 'hue'] as const
type Change = (typeof CHANGES)[number]

/** How far a jitter goes: factors in [1 - s, 1 + s], hue in [-s, s] turns. */
export type JitterStrength = Record<Change, number>

/** Weights of red, green and blue in grey (ITU-R BT.601 as torchvision rounds it). */
const RED = 0.2989
const GREEN = 0.587
const BLUE = 0.114

/** Draws what torchvision's `ColorJitter` draws: an order, then the four factors. */
export function drawColourJitter(rng: Rng, strength: JitterStrength): ColourJitter {
  const order = Array.from(rng.permutation(CHANGES.length), (i) => CHANGES[i])
  const factor = (s: number): number => rng.uniform(Math.max(0, 1 - s), 1 + s)
  return {
    order,
    brightness: factor(strength.brightness),
    contrast: factor(strength.contrast),
    saturation: factor(strength.saturation),
    hue: rng.uniform(-strength.hue, strength.hue),
  }
}

export function jitterColours(clip: FloatClip, jitter: ColourJitter): void {
  for (const change of jitter.order) changeColours(clip, change, jitter[change])
}

/**
 * One change of a jitter.
 * @param factor brightness, contrast, saturation: >= 0, 1 changes nothing; hue: turns in [-0.5, 0.5]
 */
export function changeColours(clip: FloatClip, change: Change, factor: number): void {
  if (change === 'brightness') scaleBrightness(clip.data, factor)
  else if (change === 'contrast') scaleContrast(clip, factor)
  else if (change === 'saturation') scaleSaturation(clip.data, factor)
  else shiftHue(clip.data, factor)
}

/** Replaces each pixel by its grey on all three channels. */
export function dropColour({ data }: FloatClip): void {
  for (let i = 0; i < data.length; i += 3) {
    const grey = RED * data[i] + GREEN * data[i + 1] + BLUE * data[i + 2]
    data[i] = data[i + 1] = data[i + 2] = grey
  }
}

/** Inverts every value of 0.5 and more: x becomes 1 - x (Grill et al., NeurIPS 2020). */
export function solariseColours({ data }: FloatClip): void {
  for (let i = 0; i < data.length; i++) if (data[i] >= 0.5) data[i] = 1 - data[i]
}

/** Scales colours as an encoder wants them: less the channel's mean, divided by its deviation. */
export function normaliseColours({ data }: FloatClip, { mean, deviation }: InputScaling): void {
  for (let channel = 0; channel < 3; channel++) {
    const shift = mean[channel]
    const scale = 1 / deviation[channel]
    for (let i = channel; i < data.length; i += 3) data[i] = (data[i] - shift) * scale
  }
}

function scaleBrightness(data: Float32Array, factor: number): void {
  for (let i = 0; i < data.length; i++) data[i] = clampUnit(data[i] * factor)
}

/** Mixes with the mean grey of each frame. */
function scaleContrast({ data, frames }: FloatClip, factor: number): void {
  const length = data.length / frames
  for (let start = 0; start < data.length; start += length) {
    let sum = 0
    for (let i = start; i < start + length; i += 3) {
      sum += RED * data[i] + GREEN * data[i + 1] + BLUE * data[i + 2]
    }
    const shift = ((1 - factor) * sum) / (length / 3)
    for (let i = start; i < start + length; i++) data[i] = clampUnit(data[i] * factor + shift)
  }
}

/** Mixes with each pixel's grey. */
function scaleSaturation(data: Float32Array, factor: number): void {
  for (let i = 0; i < data.length; i += 3) {
    const grey = RED * data[i] + GREEN * data[i + 1] + BLUE * data[i + 2]
    const shift = (1 - factor) * grey
    data[i] = clampUnit(data[i] * factor + shift)
    data[i + 1] = clampUnit(data[i + 1] * factor + shift)
    data[i + 2] = clampUnit(data[i + 2] * factor + shift)
  }
}

function clampUnit(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value
}
