import { attribute } from '../../trainer/engine/attributes.ts'
import type { Engine } from '../../trainer/engine/engine.ts'
import type { EngineInfo } from '../../trainer/process/messages.ts'

/** What the processor can do at most, as the kernels measure it. */
export interface Peak {
  /** Floating point operations a second: multiply-adds in vectors, without memory. */
  float32: { oneCore: number; allCores: number }
  /** The same with the units for bfloat16; null where there are none. */
  bfloat16: { oneCore: number; allCores: number } | null
  /** Bytes a second that all cores read and write together when they copy. */
  copying: number
}

/** Of each measurement. */
const SECONDS = 0.5

/** Null where the workbench's own kernels are not in use. */
export function measurePeak(engine: Engine): Peak | null {
  if (!engine.kernels.peak) return null
  const rates = engine.scope(() =>
    engine.read(engine.op('FamePeak', [], [attribute.float('seconds', SECONDS)])).slice(),
  )
  const [one, all, halfOne, halfAll, copying] = rates
  return {
    float32: { oneCore: one, allCores: all },
    bfloat16: halfAll > 0 ? { oneCore: halfOne, allCores: halfAll } : null,
    copying,
  }
}

/** What `bench peak` finds out. */
export interface PeakBench extends EngineInfo {
  threads: number
  /** Null where the workbench's own kernels are not in use. */
  peak: Peak | null
}

/** Operations a second at most, in the arithmetic of the engine's convolutions. */
export function peakOf(engine: Engine): number | null {
  const peak = measurePeak(engine)
  if (peak === null) return null
  const rates = engine.info.precision === 'bfloat16' ? peak.bfloat16 : peak.float32
  return rates?.allCores ?? null
}
