import { computed, onScopeDispose, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import type { CurveAxis, Curves } from '#shared/contract/curves.ts'
import { client } from '../../../api/client.ts'
import { KeptAnswers } from '../../../lib/kept-answers.ts'
import { Latest } from '../../../lib/latest.ts'
import { liveCurve, type LiveCurve } from '../lib/live-curve.ts'
import { useRunFeed } from './use-run-feed.ts'

export interface CurveWindow {
  from: number
  to: number
}

export interface RunCurvesOptions {
  /** Null follows nothing. */
  id: MaybeRefOrGetter<number | null>
  names: MaybeRefOrGetter<readonly string[]>
  /** Default `step`. */
  axis?: MaybeRefOrGetter<CurveAxis>
  /** Null shows everything and goes on as points come. Default null. */
  window?: MaybeRefOrGetter<CurveWindow | null>
  /** Width in pixels. Default 400. */
  columns?: MaybeRefOrGetter<number>
  /** Weight of the past in [0, 1). Default 0. */
  smoothing?: MaybeRefOrGetter<number>
}

/** New points after which the service is asked again. */
const REFRESH_AFTER = 400
const SETTLE = 40

interface Wanted {
  id: number
  names: string[]
  axis: CurveAxis
  columns: number
  smoothing: number
  from?: number
  to?: number
}

/** By what was wanted, as JSON; a dozen charts of a dozen runs. */
const kept = new KeptAnswers<Curves>(150)

/** Curves of a run, thinned by the service for a window and a width; new points come at once. */
export function useRunCurves(options: RunCurvesOptions) {
  const { state, tail } = useRunFeed(options.id)
  /** Watched alone, so that progress and warnings redraw no curve. */
  const measured = computed(() => state.value.measured)
  const base = shallowRef<{ wanted: Wanted; curves: Curves } | null>(null)
  const failure = shallowRef<unknown>(null)

  const wanted = computed<Wanted | null>(() => {
    const id = toValue(options.id)
    if (id === null) return null
    const window = toValue(options.window) ?? null
    return {
      id,
      names: [...toValue(options.names)],
      axis: toValue(options.axis) ?? 'step',
      columns: Math.min(2000, Math.max(8, Math.round(toValue(options.columns) ?? 400))),
      smoothing: toValue(options.smoothing) ?? 0,
      ...(window && { from: window.from, to: window.to }),
    }
  })
  const latest = new Latest<Wanted>({
    isStale: (running, next) => JSON.stringify(running) !== JSON.stringify(next),
    async run(request, signal) {
      try {
        const curves = await client.runs.curves(request, { signal })
        kept.keep(JSON.stringify(request), curves)
        base.value = { wanted: request, curves }
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
    if (!request || base.value?.wanted.id === request.id) return
    const curves = kept.of(JSON.stringify(request))
    if (curves) base.value = { wanted: request, curves }
  }
  watch(
    () => JSON.stringify(wanted.value),
    () => {
      recall()
      ask()
    },
    { immediate: true },
  )
  watch(() => state.value.restarts, ask)
  // A feed that was reopened has missed what was measured in between.
  watch(tail, ask)

  const curves = computed<LiveCurve[]>(() => {
    const known = base.value
    // A tail is not reactive: this number says that it grew.
    if (!known || known.wanted.id !== toValue(options.id) || measured.value < 0) return []
    const { axis, smoothing, to } = known.wanted
    const { step } = known.curves
    return known.curves.curves.map((curve) =>
      liveCurve(curve, tail.value, {
        axis,
        step,
        smoothing,
        follows: (to ?? Infinity) > curve.last.x,
      }),
    )
  })
  const breaks = computed(() => base.value?.curves.breaks ?? [])
  const origin = computed(() => base.value?.curves.origin ?? 0)
  /** Whether the service has answered for this run, even if it has nothing. */
  const isKnown = computed(() => base.value?.wanted.id === toValue(options.id))
  watch(measured, () => {
    const fresh = Math.max(0, ...curves.value.map((curve) => curve.fresh))
    const isNew = curves.value.length < toValue(options.names).length
    // A first point, or a step that was measured again, is not in what the service gave.
    if (fresh > REFRESH_AFTER || isNew || wentBack()) ask()
  })
  function wentBack() {
    const at = base.value?.curves.step ?? 0
    const newest = tail.value.last(toValue(options.names)[0] ?? '')
    return newest !== null && newest.step < at
  }
  onScopeDispose(() => {
    clearTimeout(timer)
    latest.cancel()
  })
  return { curves, breaks, origin, isKnown, failure }
}
