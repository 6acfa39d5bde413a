import { setImmediate as breathe } from 'node:timers/promises'
import type { z } from 'zod'
import type { Curves, curvesRequestSchema } from '#shared/contract/curves.ts'
import { firstScoredStep } from '#shared/metrics/best.ts'
import type { JudgedMetric } from '#shared/metrics/health.ts'
import type { Store } from '../../store/store.ts'
import { CurveCache } from './curve-cache.ts'
import { curvesAsCsv } from './curve-csv.ts'
import { judgeRun } from './judge-run.ts'
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

  /** The latest of a run's metrics beside their healthy ranges. @throws WorkbenchError for no such run. */
  async health(id: number): Promise<JudgedMetric[]> {
    return judgeRun(this.store.runs.get(id), await this.cache.read(id))
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
