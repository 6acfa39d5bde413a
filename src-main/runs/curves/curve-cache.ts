import { setImmediate as breathe } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import type { MetricTable } from '../../store/metrics.ts'
import { GrowingSeries } from './growing-series.ts'

/** Points read at a time: a few milliseconds. */
const SLICE = 2000
/** Bytes of curves kept. */
const CAPACITY = 256 * 1024 * 1024

/** Curves of one run by name, over steps. */
export type CurveSet = ReadonlyMap<string, GrowingSeries>

interface Kept {
  curves: Map<string, GrowingSeries>
  seq: number
  reading: Promise<void> | null
}

/** Curves in memory as far as they have been looked at; what is new is read on from there. */
export class CurveCache {
  private readonly metrics: MetricTable
  private readonly kept = new LRUCache<number, Kept>({ maxSize: CAPACITY, sizeCalculation: sizeOf })

  constructor(metrics: MetricTable) {
    this.metrics = metrics
  }

  /** All curves of a run as they are now. The first call for a run reads its whole history. */
  async read(owner: number): Promise<CurveSet> {
    const kept = this.kept.get(owner) ?? { curves: new Map(), seq: 0, reading: null }
    this.keep(owner, kept)
    kept.reading ??= this.catchUp(owner, kept).finally(() => (kept.reading = null))
    await kept.reading
    this.keep(owner, kept)
    return kept.curves
  }

  /** Curves grow, so that what they take up is counted again. */
  private keep(owner: number, kept: Kept): void {
    this.kept.delete(owner)
    this.kept.set(owner, kept)
  }

  private async catchUp(owner: number, kept: Kept): Promise<void> {
    for (;;) {
      const slice = this.metrics.after(owner, kept.seq, SLICE)
      for (const { name, step, value } of slice.points) {
        let curve = kept.curves.get(name)
        if (!curve) kept.curves.set(name, (curve = new GrowingSeries()))
        curve.push(step, value)
      }
      kept.seq = slice.seq
      if (slice.points.length < SLICE) return
      await breathe()
    }
  }
}

/** Bytes. A run with more curves than fit is kept alone: it would be read whole at every look. */
function sizeOf({ curves }: Kept): number {
  let total = 1
  for (const curve of curves.values()) total += curve.size
  return Math.min(total, CAPACITY)
}
