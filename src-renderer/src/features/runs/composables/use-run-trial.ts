import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/vue-query'
import { refDebounced } from '@vueuse/core'
import {
  computed,
  onScopeDispose,
  ref,
  shallowRef,
  toRaw,
  toValue,
  type MaybeRefOrGetter,
} from 'vue'
import type { CheckResult, Estimate } from '#shared/contract/estimates.ts'
import type { Progress, StartRun } from '#shared/contract/runs.ts'
import { api, client } from '../../../api/client.ts'

/** Time in which typing counts as one change, in ms. */
const TYPING = 300
/** Warnings shown of a trial. */
const MOST = 5

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
        // So that the line does not jump while somebody types; its estimate is of other settings.
        placeholderData: keepPreviousData,
        retry: false,
        refetchInterval: 5_000,
      }),
    ),
  )

  const isCurrent = computed(
    () => !plan.isPlaceholderData.value && !plan.error.value && toRaw(settled.value) === now.value,
  )

  const under = ref<'estimate' | 'dry run' | null>(null)
  const progress = shallowRef<Progress | null>(null)
  const checks = shallowRef<readonly CheckResult[]>([])
  /** What the checks are of. */
  const checked = ref('')
  const measured = shallowRef<{ of: string; estimate: Estimate } | null>(null)
  /** What the trial has told beside that. */
  const warnings = shallowRef<readonly string[]>([])
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
    checks.value = warnings.value = []
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
        if (event.type === 'warning') warn(event.message)
        if (event.type === 'estimate') {
          measured.value = { of: JSON.stringify(input), estimate: event.estimate }
        }
      }
    })
  const dryRun = () =>
    attempt('dry run', async (input, signal) => {
      checked.value = settingsOf(input)
      for await (const event of await client.runs.dryRun(input, { signal })) {
        if (event.type === 'warning') warn(event.message)
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
  function warn(message: string) {
    if (!warnings.value.includes(message))
      warnings.value = [...warnings.value, message].slice(-MOST)
  }
  function dismiss() {
    checks.value = warnings.value = []
    failure.value = null
  }
  onScopeDispose(cancel)

  return {
    plan: computed(() => (plan.error.value ? null : (plan.data.value ?? null))),
    /** Why the service would refuse these settings; null where it would not, or has not said yet. */
    problem: computed(
      () =>
        plan.error.value?.message ?? (isCurrent.value ? plan.data.value?.problem : null) ?? null,
    ),
    estimated: computed(() =>
      measured.value && measured.value.of === JSON.stringify(now.value)
        ? measured.value.estimate
        : isCurrent.value
          ? (plan.data.value?.estimate ?? null)
          : null,
    ),
    under,
    progress,
    checks,
    isOutdated: computed(() => checked.value !== settingsOf(now.value)),
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
