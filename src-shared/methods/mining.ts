import type { PretrainConfig } from '../config/pretrain-config.ts'
import { methodOf } from './index.ts'
import { byName, type Mining } from './method.ts'
import { phaseAt, phasesOf } from './phases.ts'

/** A phase in which a method mines positives. */
export interface MiningPhase extends Mining {
  /** Its stable name, and how it is called. */
  name: string
  label: string
}

/**
 * How a run mines positives: as in the phase of its latest step, or as in the first phase that mines
 * where that one does not. Null for a method or settings that mine none.
 * @param step steps that are done, at least 1
 * @param steps of the whole run
 */
export function miningOf(config: PretrainConfig, step: number, steps: number): MiningPhase | null {
  const method = methodOf(config)
  const places = [phaseAt(config, Math.max(0, step - 1), steps), ...phasesOf(config, steps)]
  for (const { phase } of places) {
    const mining = method.mines?.(phase.name, byName(config)) ?? null
    if (mining) return { ...mining, name: phase.name, label: phase.label }
  }
  return null
}
