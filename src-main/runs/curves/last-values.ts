import { setImmediate as breathe } from 'node:timers/promises'
import { SESSION, TIME, type RunValues } from '#shared/contract/curves.ts'
import type { Store } from '../../store/store.ts'

/**
 * Points read of each run at most, newest first: some milliseconds. A metric that was not measured within
 * the last few hundred steps is left out.
 */
const SLICE = 5000

/** What each run measured last of every metric; read again only where something was measured since. */
export class LastValues {
  private readonly store: Pick<Store, 'runs' | 'runMetrics'>
  private readonly known = new Map<number, { end: number; found: RunValues }>()

  constructor(store: Pick<Store, 'runs' | 'runMetrics'>) {
    this.store = store
  }

  async all(): Promise<RunValues[]> {
    const found: RunValues[] = []
    for (const { id } of this.store.runs.list()) {
      const end = this.store.runMetrics.end(id)
      let entry = this.known.get(id)
      if (entry?.end !== end) {
        entry = { end, found: { id, values: this.read(id) } }
        this.known.set(id, entry)
        // Hundreds of runs must not hold the host up together.
        await breathe()
      }
      found.push(entry.found)
    }
    return found
  }

  private read(id: number): RunValues['values'] {
    const values: RunValues['values'] = {}
    for (const { name, step, value } of this.store.runMetrics.newest(id, SLICE)) {
      if (name !== TIME && name !== SESSION) values[name] ??= { x: step, value }
    }
    return values
  }
}
