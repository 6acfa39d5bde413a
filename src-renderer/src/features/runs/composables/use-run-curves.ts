import { computed, toValue, watch, type MaybeRefOrGetter } from 'vue'
import type { CurveAxis, Curves } from '#shared/contract/curves.ts'
import type { CurveTail } from '../lib/curve-tail.ts'
import { liveCurve, type LiveCurve } from '../lib/live-curve.ts'
import { useRunFeed } from './use-run-feed.ts'
import { useThinnedCurves, type WantedCurves } from './use-thinned-curves.ts'

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

/** Curves of a run, thinned by the service for a window and a width; new points come at once. */
export function useRunCurves(options: RunCurvesOptions) {
  const { state, tail } = useRunFeed(options.id)
  /** Watched alone, so that progress and warnings redraw no curve. */
  const measured = computed(() => state.value.measured)
  const wanted = computed(() => wantedCurves(options))
  const { answer, failure, ask } = useThinnedCurves(wanted)
  watch(() => state.value.restarts, ask)
  // A feed that was reopened has missed what was measured in between.
  watch(tail, ask)

  /** Whether the service has answered for this run, even if it has nothing. */
  const isKnown = computed(() => answer.value?.wanted.id === toValue(options.id))
  const curves = computed<LiveCurve[]>(() => {
    // A tail is not reactive: this number says that it grew.
    if (!answer.value || !isKnown.value || measured.value < 0) return []
    return withTail(answer.value, tail.value)
  })
  watch(measured, () => {
    const fresh = Math.max(0, ...curves.value.map((curve) => curve.fresh))
    const names = toValue(options.names)
    const isNew = names.some((name) => isFirst(name))
    // A first point, or a step that was measured again, is not in what the service gave.
    if (fresh > REFRESH_AFTER || isNew || wentBack(names)) ask()
  })
  /** Some metrics are measured in some phases only, so a curve that is missing need not be there. */
  function isFirst(name: string) {
    const isThere = curves.value.some((curve) => curve.name === name)
    return !isThere && tail.value.last(name) !== null
  }
  function wentBack([name = '']: readonly string[]) {
    const at = answer.value?.curves.step ?? 0
    const newest = tail.value.last(name)
    return newest !== null && newest.step < at
  }
  return {
    curves,
    breaks: computed(() => answer.value?.curves.breaks ?? []),
    origin: computed(() => answer.value?.curves.origin ?? 0),
    isKnown,
    failure,
  }
}

function wantedCurves(options: RunCurvesOptions): WantedCurves | null {
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
}

/** The curves that the service gave, with what was measured since. */
function withTail(
  { wanted, curves }: { wanted: WantedCurves; curves: Curves },
  tail: CurveTail,
): LiveCurve[] {
  const { axis, smoothing, to } = wanted
  const { step } = curves
  return curves.curves.map((curve) =>
    liveCurve(curve, tail, {
      axis,
      step,
      smoothing,
      follows: (to ?? Infinity) > curve.last.x,
    }),
  )
}
