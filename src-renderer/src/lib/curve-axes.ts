import type { CurveAxis } from '#shared/contract/curves.ts'
import { formatDuration, formatNumber } from './format.ts'

/** What the x axis of the curves counts. */
export const curveScales = ['step', 'epoch', 'relative', 'wall'] as const
export type CurveScale = (typeof curveScales)[number]

export const scaleNames: Record<CurveScale, { label: string; hint: string }> = {
  step: { label: 'Step', hint: 'Optimiser steps' },
  epoch: { label: 'Epoch', hint: 'Passes over the training videos' },
  relative: { label: 'Time', hint: 'Time since the first step, pauses included' },
  wall: { label: 'Clock', hint: 'Date and time on the clock' },
}

/** The service knows steps and times; the rest is how they are printed. */
export function axisOf(scale: CurveScale): CurveAxis {
  return scale === 'step' || scale === 'epoch' ? 'step' : 'time'
}

export interface ScaleContext {
  stepsPerEpoch: number
  /** x of the first point, in seconds since 1970 on a time axis. */
  first: number
}

/** A place on the axis as a person reads it. */
export function printPlace(scale: CurveScale, x: number, context: ScaleContext): string {
  if (scale === 'step') return formatNumber(x)
  if (scale === 'epoch') return formatNumber(x / Math.max(1, context.stepsPerEpoch))
  if (scale === 'relative') return formatDuration(x - context.first)
  const date = new Date(x * 1000)
  return date.toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  })
}
