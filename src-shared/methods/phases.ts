import type { PretrainConfig } from '../config/pretrain-config.ts'
import { methodOf } from './index.ts'
import { byName, type Phase } from './method.ts'

/** A part of a run, in steps. */
export interface PhasePlace {
  phase: Phase
  /** Its first step. */
  from: number
  steps: number
}

/** The phases of a run, one after another: a method without any has one. */
export function phasesOf(config: PretrainConfig, steps: number): PhasePlace[] {
  const phases = methodOf(config).phases?.(byName(config)) ?? [
    { name: 'whole', label: '', share: 1 },
  ]
  const total = phases.reduce((sum, { share }) => sum + share, 0)
  let before = 0
  return phases.map((phase) => {
    const from = Math.round((before / total) * steps)
    before += phase.share
    return { phase, from, steps: Math.round((before / total) * steps) - from }
  })
}

/** The phase that a step belongs to. @param step in [0, steps) */
export function phaseAt(config: PretrainConfig, step: number, steps: number): PhasePlace {
  const places = phasesOf(config, steps)
  return places.findLast(({ from, steps: own }) => own > 0 && step >= from) ?? places[0]
}

/** Phases that do the same work, and their part of the run, in [0, 1]. */
export interface PhaseKind {
  phase: Phase
  share: number
}

/** The phases of a run by their names, since those of one name cost the same; in their order. */
export function phaseKinds(config: PretrainConfig): PhaseKind[] {
  const places = phasesOf(config, 1).map(({ phase }) => phase)
  const total = places.reduce((sum, { share }) => sum + share, 0)
  return [...Map.groupBy(places, ({ name }) => name).values()].flatMap((alike) => {
    const share = alike.reduce((sum, phase) => sum + phase.share, 0) / total
    return share > 0 ? [{ phase: alike[0], share }] : []
  })
}

/**
 * Why a run's phases come to nothing: one ends before what it needs is full; null where none does.
 * @param steps in the whole run
 */
export function phaseFault(config: PretrainConfig, steps: number): string | null {
  const videos = config.batch * config.accumulate
  for (const { phase, steps: own } of phasesOf(config, steps)) {
    const { label, fills } = phase
    if (!fills) continue
    const filling = Math.ceil(fills.clips / videos)
    if (own > filling) continue
    const most = (own - 1) * videos
    const smaller = most >= 2 * videos ? `Set ${fills.setting} to ${most} or less, or` : 'Set'
    const epochs = Math.ceil((config.epochs * (filling + 1)) / Math.max(own, 1))
    return (
      `The phase “${label}” has ${own} steps of ${videos} videos, and its ${fills.setting} of ` +
      `${fills.clips} is full only after ${filling} steps: it would end before it does anything. ` +
      `${smaller} epochs to ${epochs} or more.`
    )
  }
  return null
}
