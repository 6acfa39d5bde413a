import { setImmediate as breathe } from 'node:timers/promises'
import type { z } from 'zod'
import type { Curves, curvesRequestSchema } from '#shared/contract/curves.ts'
import { methodOf } from '#shared/methods/index.ts'
import { firstScoredStep } from '#shared/metrics/best.ts'
import { complaintsOf, HEALTH_SMOOTHING } from '#shared/metrics/health.ts'
import type { Store } from '../../store/store.ts'
import { CurveCache } from './curve-cache.ts'
import { curvesAsCsv } from './curve-csv.ts'
import { thinCurvesInPieces } from './thin-curves.ts'

/** What runs have measured so far. */
export class RunCurves {
  private readonly store: Store
  private readonly cache: CurveCache

  constructor(store: Store) {
    this.store = store
    this.cache = new CurveCache(store.runMetrics)
  }

  /** Curves thinned for drawing. @throws WorkbenchError for no such run. */
  async thinned(request: z.output<typeof curvesRequestSchema>): Promise<Curves> {
    const { config } = this.store.runs.get(request.id)
    const curves = await this.cache.read(request.id)
    return thinCurvesInPieces(curves, request, firstScoredStep(config))
  }

  /** What is wrong with a run by the latest of its metrics. @throws WorkbenchError for no such run. */
  async complaints(id: number): Promise<string[]> {
    const { health } = methodOf(this.store.runs.get(id).config)
    const names = health.map(({ metric }) => metric)
    const smoothing = HEALTH_SMOOTHING
    const { curves } = await this.thinned({ id, names, axis: 'step', columns: 8, smoothing })
    const latest = curves.flatMap(({ name, last, smooth }) => {
      const mean = smooth?.y.at(-1)
      return mean === undefined ? [] : [[name, { step: last.x, mean }] as const]
    })
    return complaintsOf(health, new Map(latest))
  }

  /** All of it as comma-separated values. @throws WorkbenchError for no such run. */
  async *csv(id: number): AsyncGenerator<string, void, undefined> {
    this.store.runs.get(id)
    for (const piece of curvesAsCsv(await this.cache.read(id))) {
      yield piece
      await breathe()
    }
  }
}
