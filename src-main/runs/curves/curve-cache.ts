import { setImmediate as breathe } from 'node:timers/promises'
import type { MetricTable } from '../../store/metrics.ts'
import { GrowingSeries } from './growing-series.ts'

/** Points read at a time: a few milliseconds. */
const SLICE = 2000
/** Bytes of curves kept. */
const CAPACITY = 256 * 1024 * 1024

/** Curves of one run by name, over steps. */
export type CurveSet = ReadonlyMap<string, GrowingSeries>

interface Held {
  curves: Map<string, GrowingSeries>
  seq: number
  reading: Promise<void> | null
}

/** Curves in memory as far as they have been looked at; what is new is read on from there. */
export class CurveCache {
  private readonly metrics: MetricTable
  /** In the order of their last use. */
  private readonly held = new Map<number, Held>()

  constructor(metrics: MetricTable) {
    this.metrics = metrics
  }

  /** All curves of a run as they are now. The first call for a run reads its whole history. */
  async read(owner: number): Promise<CurveSet> {
    const held = this.held.get(owner) ?? { curves: new Map(), seq: 0, reading: null }
    this.held.delete(owner)
    this.held.set(owner, held)
    held.reading ??= this.catchUp(owner, held).finally(() => (held.reading = null))
    await held.reading
    this.evict(owner)
    return held.curves
  }

  private async catchUp(owner: number, held: Held): Promise<void> {
    for (;;) {
      const slice = this.metrics.after(owner, held.seq, SLICE)
      for (const { name, step, value } of slice.points) {
        let curve = held.curves.get(name)
        if (!curve) held.curves.set(name, (curve = new GrowingSeries()))
        curve.push(step, value)
      }
      held.seq = slice.seq
      if (slice.points.length < SLICE) return
      await breathe()
    }
  }

  private evict(keep: number): void {
    let total = 0
    for (const { curves } of this.held.values()) {
      for (const curve of curves.values()) total += curve.size
    }
    for (const [owner, { curves, reading }] of this.held) {
      if (total <= CAPACITY) return
      if (owner === keep || reading) continue
      this.held.delete(owner)
      for (const curve of curves.values()) total -= curve.size
    }
  }
}
