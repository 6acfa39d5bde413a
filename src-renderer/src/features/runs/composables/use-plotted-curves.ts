import {
  computed,
  effectScope,
  getCurrentInstance,
  onScopeDispose,
  shallowRef,
  toValue,
  watch,
  type EffectScope,
  type MaybeRefOrGetter,
} from 'vue'
import { axisOf, unitOf, type CurveScale } from '../../../charts/curve-axes.ts'
import type { PlottedCurve, PlottedRun } from '../../../charts/curve-lines.ts'
import { movedCurve } from '../lib/live-curve.ts'
import { useRunCurves, type CurveWindow } from './use-run-curves.ts'

export interface PlottedCurvesOptions {
  runs: MaybeRefOrGetter<readonly PlottedRun[]>
  names: MaybeRefOrGetter<readonly string[]>
  scale: MaybeRefOrGetter<CurveScale>
  /** As the axis counts. */
  window: MaybeRefOrGetter<CurveWindow | null>
  columns: MaybeRefOrGetter<number>
  smoothing: MaybeRefOrGetter<number>
}

interface Followed {
  scope: EffectScope
  curves: ReturnType<typeof useRunCurves>
}

/** Curves of one run or several, each followed while it goes on, with x as the chosen axis counts. */
export function usePlottedCurves(options: PlottedCurvesOptions) {
  const runOf = (id: number) => toValue(options.runs).find((run) => run.id === id)
  function placeOf(id: number, origin: number) {
    const scale = toValue(options.scale)
    return {
      origin: scale === 'relative' ? origin : 0,
      unit: unitOf(scale, runOf(id)?.stepsPerEpoch ?? 1),
    }
  }
  const followed = useFollowedRuns(options, placeOf)
  const plotted = computed<PlottedCurve[]>(() =>
    toValue(options.runs).flatMap((run) => {
      const own = followed.value.get(run.id)?.curves
      if (!own) return []
      const place = placeOf(run.id, own.origin.value)
      const breaks = own.breaks.value.map((x) => (x - place.origin) / place.unit)
      return own.curves.value.map((curve) => ({ run, curve: movedCurve(curve, place), breaks }))
    }),
  )
  const all = computed(() => [...followed.value.values()].map(({ curves }) => curves))
  return {
    plotted,
    isKnown: computed(() => all.value.every(({ isKnown }) => isKnown.value)),
    failure: computed(() => all.value.find(({ failure }) => failure.value)?.failure.value ?? null),
  }
}

/**
 * The curves of each run that is plotted, by its number.
 * @param placeOf where the axis of a run begins, and how much one of its units is
 */
function useFollowedRuns(
  options: PlottedCurvesOptions,
  placeOf: (id: number, origin: number) => { origin: number; unit: number },
) {
  const app = getCurrentInstance()?.appContext.app
  const followed = shallowRef<ReadonlyMap<number, Followed>>(new Map())

  function followRun(id: number): Followed {
    const scope = effectScope(true)
    function ownWindow(): CurveWindow | null {
      const window = toValue(options.window)
      if (!window) return null
      // The origin is known with the first answer; the window is asked for again then.
      const { origin, unit } = placeOf(id, followed.value.get(id)?.curves.origin.value ?? 0)
      return { from: origin + unit * window.from, to: origin + unit * window.to }
    }
    const start = () =>
      useRunCurves({
        id,
        names: options.names,
        axis: () => axisOf(toValue(options.scale)),
        window: ownWindow,
        columns: options.columns,
        smoothing: options.smoothing,
      })
    // A run that is added later is followed outside of any component's set-up.
    const curves = scope.run(() => (app ? app.runWithContext(start) : start()))!
    return { scope, curves }
  }
  watch(
    () => toValue(options.runs).map(({ id }) => id),
    (ids) => {
      const before = followed.value
      followed.value = new Map(ids.map((id) => [id, before.get(id) ?? followRun(id)]))
      for (const [id, { scope }] of before) if (!ids.includes(id)) scope.stop()
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    for (const { scope } of followed.value.values()) scope.stop()
  })
  return followed
}
