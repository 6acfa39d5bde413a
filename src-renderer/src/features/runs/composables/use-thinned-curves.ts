import { onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import type { CurveAxis, Curves } from '#shared/contract/curves.ts'
import { client } from '../../../api/client.ts'
import { KeptAnswers } from '../../../lib/kept-answers.ts'
import { Latest } from '../../../lib/latest.ts'

/** What the service is asked for. */
export interface WantedCurves {
  /** The run. */
  id: number
  names: string[]
  axis: CurveAxis
  /** Width in pixels. */
  columns: number
  /** Weight of the past in [0, 1). */
  smoothing: number
  /** The window; left out: everything. */
  from?: number
  to?: number
}

/** How long a wish must stay before the service is asked, in ms. */
const SETTLE = 40

/** By what was wanted, as JSON; a dozen charts of a dozen runs. */
const kept = new KeptAnswers<Curves>(150)

/**
 * Curves as the service thins them, asked for whenever another thing is wanted. Those of a run that
 * was looked at before are there at once. `ask` asks again for the same.
 */
export function useThinnedCurves(wanted: Readonly<Ref<WantedCurves | null>>) {
  const answer = shallowRef<{ wanted: WantedCurves; curves: Curves } | null>(null)
  const failure = shallowRef<unknown>(null)
  const latest = new Latest<WantedCurves>({
    isStale: (running, next) => JSON.stringify(running) !== JSON.stringify(next),
    async run(request, signal) {
      try {
        const curves = await client.runs.curves(request, { signal })
        kept.keep(JSON.stringify(request), curves)
        answer.value = { wanted: request, curves }
        failure.value = null
      } catch (error) {
        if (!signal.aborted) failure.value = error
      }
    },
  })
  let timer: ReturnType<typeof setTimeout> | undefined
  function ask() {
    clearTimeout(timer)
    timer = setTimeout(() => wanted.value && latest.push(wanted.value), SETTLE)
  }
  function recall() {
    const request = wanted.value
    if (!request || answer.value?.wanted.id === request.id) return
    const curves = kept.of(JSON.stringify(request))
    if (curves) answer.value = { wanted: request, curves }
  }
  watch(
    () => JSON.stringify(wanted.value),
    () => {
      recall()
      ask()
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    clearTimeout(timer)
    latest.cancel()
  })
  return { answer, failure, ask }
}
