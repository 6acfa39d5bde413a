import { onScopeDispose, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import type { CurveAxis, ThinCurve } from '#shared/contract/curves.ts'
import type { Run } from '#shared/contract/runs.ts'
import { client } from '../api/client.ts'
import { isLive } from '../lib/status.ts'
import type { CurveWindow } from './use-run-curves.ts'

export interface ComparedCurvesOptions {
  runs: MaybeRefOrGetter<readonly Run[]>
  metric: MaybeRefOrGetter<string>
  axis: MaybeRefOrGetter<CurveAxis>
  window: MaybeRefOrGetter<CurveWindow | null>
  smoothing: MaybeRefOrGetter<number>
}

/** Runs that are still under way are asked for again this often, in milliseconds. */
const AGAIN = 2_000
const COLUMNS = 300

/** One quantity of several runs; those without it are left out. */
export function useComparedCurves(options: ComparedCurvesOptions) {
  const curves = shallowRef<{ runId: number; curve: ThinCurve }[]>([])
  const failure = shallowRef<unknown>(null)
  let controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined

  const key = () =>
    JSON.stringify([
      toValue(options.runs).map(({ id }) => id),
      toValue(options.metric),
      toValue(options.axis),
      toValue(options.window),
      toValue(options.smoothing),
    ])
  async function ask() {
    clearTimeout(timer)
    controller.abort()
    controller = new AbortController()
    const { signal } = controller
    const runs = toValue(options.runs)
    const window = toValue(options.window)
    try {
      const found = await Promise.all(
        runs.map(async ({ id }) => {
          const request = {
            id,
            names: [toValue(options.metric)],
            axis: toValue(options.axis),
            columns: COLUMNS,
            smoothing: toValue(options.smoothing),
            ...(window && { from: window.from, to: window.to }),
          }
          const { curves: own } = await client.runs.curves(request, { signal })
          return own.map((curve) => ({ runId: id, curve }))
        }),
      )
      curves.value = found.flat()
      failure.value = null
      if (runs.some(isLive)) timer = setTimeout(() => void ask(), AGAIN)
    } catch (error) {
      if (!signal.aborted) failure.value = error
    }
  }
  watch(key, () => void ask(), { immediate: true })
  onScopeDispose(() => {
    clearTimeout(timer)
    controller.abort()
  })
  return { curves, failure }
}
