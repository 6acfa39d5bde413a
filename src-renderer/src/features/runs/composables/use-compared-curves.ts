import { onScopeDispose, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import type { ThinCurve } from '#shared/contract/curves.ts'
import type { Run } from '#shared/contract/runs.ts'
import { client } from '../../../api/client.ts'
import { isLive } from '../../../lib/status.ts'

export interface ComparedCurvesOptions {
  runs: MaybeRefOrGetter<readonly Run[]>
  names: readonly string[]
}

/** Runs that are still going on are asked for again this often, in milliseconds. */
const AGAIN = 2_000
/** Only first, last and extreme values are read. */
const COLUMNS = 8

/** The ends and extremes of some curves of several runs; runs without them are left out. */
export function useComparedCurves(options: ComparedCurvesOptions) {
  const curves = shallowRef<{ runId: number; curve: ThinCurve }[]>([])
  const failure = shallowRef<unknown>(null)
  let controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined

  async function ask() {
    clearTimeout(timer)
    controller.abort()
    controller = new AbortController()
    const { signal } = controller
    const runs = toValue(options.runs)
    try {
      const found = await Promise.all(
        runs.map(async ({ id }) => {
          const request = { id, names: [...options.names], columns: COLUMNS }
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
  watch(
    () =>
      toValue(options.runs)
        .map(({ id }) => id)
        .join(),
    () => void ask(),
    { immediate: true },
  )
  onScopeDispose(() => {
    clearTimeout(timer)
    controller.abort()
  })
  return { curves, failure }
}
