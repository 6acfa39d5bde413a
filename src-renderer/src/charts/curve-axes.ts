import type { CurveAxis } from '#shared/contract/curves.ts'
import { formatCount, formatDuration, formatNumber } from '../lib/format.ts'

/** What the x axis of the curves counts. */
export const curveScales = ['step', 'epoch', 'relative', 'wall'] as const
export type CurveScale = (typeof curveScales)[number]

export const scaleNames: Record<CurveScale, { label: string; hint: string }> = {
  step: { label: 'Step', hint: 'Optimiser steps' },
  epoch: { label: 'Epoch', hint: 'Passes over the training videos' },
  relative: { label: 'Time', hint: 'Time since the first step, pauses included' },
  wall: { label: 'Clock', hint: 'Date and time of the measurement' },
}

/** The service knows steps and times; the rest is how they are printed. */
export function axisOf(scale: CurveScale): CurveAxis {
  return scale === 'step' || scale === 'epoch' ? 'step' : 'time'
}

/** How many steps or seconds one unit of the axis is: runs of other epochs share an axis of epochs. */
export function unitOf(scale: CurveScale, stepsPerEpoch: number): number {
  return scale === 'epoch' ? Math.max(1, stepsPerEpoch) : 1
}

/** Whole parts of a minute, an hour and a day, in seconds. */
const TIMES = [1, 2, 5, 10, 15, 30]
  .flatMap((n) => [n, 60 * n])
  .concat([1, 2, 3, 6, 12].map((h) => h * 3600))

/** Round places in [from, to] that are at least a `most`-th of the window apart. */
export function placesOf(scale: CurveScale, from: number, to: number, most = 6): number[] {
  const least = (to - from) / most
  const apart = axisOf(scale) === 'step' ? roundNumber(least) : roundTime(least)
  if (!(apart > 0 && Number.isFinite(apart))) return []
  const places: number[] = []
  for (let n = Math.ceil(from / apart - 1e-9); n * apart <= to; n++) places.push(n * apart)
  return places
}

/** The least of 1, 2, 5, 10, 20, ... that is not below `least`. */
function roundNumber(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1e-9)))
  const factor = [1, 2, 5, 10].find((n) => n * power >= least * (1 - 1e-9)) ?? 10
  return Math.max(1, factor * power)
}

function roundTime(least: number): number {
  const known = TIMES.toSorted((a, b) => a - b).find((seconds) => seconds >= least)
  return known ?? 86_400 * roundNumber(least / 86_400)
}

/** A place on the axis as a person reads it: steps, epochs, seconds since the start or since 1970. */
export function printPlace(scale: CurveScale, x: number): string {
  if (scale === 'step') return formatCount(x)
  if (scale === 'epoch') return formatNumber(x)
  if (scale === 'relative') return formatDuration(x)
  const date = new Date(x * 1000)
  return date.toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  })
}
