import { useQueryClient } from '@tanstack/vue-query'
import { computed, ref, shallowRef, toValue, type MaybeRefOrGetter } from 'vue'
import type { Estimate } from '#shared/contract/estimates.ts'
import type { StartRun } from '#shared/contract/runs.ts'
import { api, client } from '../../../api/client.ts'
import { useRunPlan } from './use-run-plan.ts'
import { useTrialWork, type TrialKind } from './use-trial-work.ts'

export type RunTrial = ReturnType<typeof useRunTrial>

/**
 * What a run would take and whether it would go through, before it starts.
 * @param request what would be started; null while it cannot be
 */
export function useRunTrial(request: MaybeRefOrGetter<StartRun | null>) {
  const queries = useQueryClient()
  const now = computed(() => toValue(request))
  const { plan, problem, estimate: planned } = useRunPlan(now)
  const work = useTrialWork()
  const { under, progress, checks, warnings, failure, cancel, dismiss } = work
  /** What the checks are of. */
  const checked = ref('')
  const measured = shallowRef<{ of: string; estimate: Estimate } | null>(null)

  async function attempt(
    kind: TrialKind,
    run: (input: StartRun, signal: AbortSignal) => Promise<void>,
  ) {
    const input = now.value
    if (!input) return
    await work.attempt(kind, (signal) => run(input, signal))
    void queries.invalidateQueries({ queryKey: api.runs.plan.key() })
  }
  const estimate = () =>
    attempt('estimate', async (input, signal) => {
      for await (const event of await client.runs.estimate(input, { signal })) {
        if (event.type === 'progress') progress.value = event.progress
        if (event.type === 'warning') work.warn(event.message)
        if (event.type === 'estimate') {
          measured.value = { of: JSON.stringify(input), estimate: event.estimate }
        }
      }
    })
  const dryRun = () =>
    attempt('dry run', async (input, signal) => {
      checked.value = settingsOf(input)
      for await (const event of await client.runs.dryRun(input, { signal })) {
        if (event.type === 'warning') work.warn(event.message)
        if (event.type === 'check') work.tell(event.result)
      }
    })
  /** What was measured of just these settings, else what the service knows. */
  const estimated = computed(() =>
    measured.value && measured.value.of === JSON.stringify(now.value)
      ? measured.value.estimate
      : planned.value,
  )
  const isOutdated = computed(() => checked.value !== settingsOf(now.value))
  return {
    plan,
    problem,
    estimated,
    under,
    progress,
    checks,
    isOutdated,
    warnings,
    failure,
    estimate,
    dryRun,
    cancel,
    dismiss,
  }
}

/** A run by another name is no other run. */
function settingsOf(input: StartRun | null): string {
  return JSON.stringify({ ...input, name: null })
}
