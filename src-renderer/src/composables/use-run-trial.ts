import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/vue-query'
import { refDebounced } from '@vueuse/core'
import { computed, onScopeDispose, ref, shallowRef, toValue, type MaybeRefOrGetter } from 'vue'
import type { CheckResult, Estimate } from '#shared/contract/estimates.ts'
import type { Progress, StartRun } from '#shared/contract/runs.ts'
import { api, client } from '../api/client.ts'

/** Time in which typing counts as one change, in ms. */
const TYPING = 300

/**
 * What a run would take and whether it would go through, before it starts.
 * @param request what would be started; null while it cannot be
 */
export function useRunTrial(request: MaybeRefOrGetter<StartRun | null>) {
  const queries = useQueryClient()
  const now = computed(() => toValue(request))
  const settled = refDebounced(now, TYPING)
  const plan = useQuery(
    computed(() =>
      api.runs.plan.queryOptions({
        input: settled.value ?? {},
        enabled: settled.value !== null,
        placeholderData: keepPreviousData,
        refetchInterval: 5_000,
      }),
    ),
  )

  const under = ref<'estimate' | 'dry run' | null>(null)
  const progress = shallowRef<Progress | null>(null)
  const checks = shallowRef<readonly CheckResult[]>([])
  const measured = shallowRef<{ of: string; estimate: Estimate } | null>(null)
  const failure = shallowRef<unknown>(null)
  let controller: AbortController | null = null

  async function attempt(
    kind: 'estimate' | 'dry run',
    work: (input: StartRun, signal: AbortSignal) => Promise<void>,
  ) {
    if (!now.value) return
    const own = new AbortController()
    controller?.abort()
    controller = own
    under.value = kind
    failure.value = progress.value = null
    checks.value = []
    try {
      await work(now.value, own.signal)
    } catch (error) {
      if (!own.signal.aborted) failure.value = error
    } finally {
      if (controller === own) under.value = controller = null
      void queries.invalidateQueries({ queryKey: api.runs.plan.key() })
    }
  }
  const estimate = () =>
    attempt('estimate', async (input, signal) => {
      for await (const event of await client.runs.estimate(input, { signal })) {
        if (event.type === 'progress') progress.value = event.progress
        if (event.type === 'estimate') {
          measured.value = { of: JSON.stringify(input), estimate: event.estimate }
        }
      }
    })
  const dryRun = () =>
    attempt('dry run', async (input, signal) => {
      for await (const event of await client.runs.dryRun(input, { signal })) {
        if (event.type !== 'check') continue
        const others = checks.value.filter(({ check }) => check !== event.result.check)
        checks.value = [...others, event.result]
      }
    })
  /** Ends what is under way. */
  function cancel() {
    controller?.abort()
    controller = under.value = null
    checks.value = checks.value.filter(({ state }) => state !== 'running')
  }
  function dismiss() {
    checks.value = []
    failure.value = null
  }
  onScopeDispose(cancel)

  return {
    plan: computed(() => plan.data.value ?? null),
    planProblem: computed(() => plan.error.value),
    estimated: computed(() =>
      measured.value && measured.value.of === JSON.stringify(now.value)
        ? measured.value.estimate
        : (plan.data.value?.estimate ?? null),
    ),
    under,
    progress,
    checks,
    failure,
    estimate,
    dryRun,
    cancel,
    dismiss,
  }
}
