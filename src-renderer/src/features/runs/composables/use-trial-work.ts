import { onScopeDispose, ref, shallowRef } from 'vue'
import type { CheckResult } from '#shared/contract/estimates.ts'
import type { Progress } from '#shared/contract/runs.ts'

export type TrialKind = 'estimate' | 'dry run'

/** Warnings shown of a trial. */
const MOST = 5

/** One trial at a time, and what it tells while it runs. It ends with the scope. */
export function useTrialWork() {
  const under = ref<TrialKind | null>(null)
  const progress = shallowRef<Progress | null>(null)
  const checks = shallowRef<readonly CheckResult[]>([])
  const warnings = shallowRef<readonly string[]>([])
  const failure = shallowRef<unknown>(null)
  let controller: AbortController | null = null

  /** Ends the trial before it, if any. */
  async function attempt(kind: TrialKind, work: (signal: AbortSignal) => Promise<void>) {
    const own = new AbortController()
    controller?.abort()
    controller = own
    under.value = kind
    progress.value = null
    dismiss()
    try {
      await work(own.signal)
    } catch (error) {
      if (!own.signal.aborted) failure.value = error
    } finally {
      if (controller === own) under.value = controller = null
    }
  }
  /** Ends the current trial. */
  function cancel() {
    controller?.abort()
    controller = under.value = null
    checks.value = checks.value.filter(({ state }) => state !== 'running')
  }
  function dismiss() {
    checks.value = warnings.value = []
    failure.value = null
  }
  /** Takes the place of what the same check said before. */
  function tell(result: CheckResult) {
    const others = checks.value.filter(({ check }) => check !== result.check)
    checks.value = [...others, result]
  }
  function warn(message: string) {
    if (!warnings.value.includes(message))
      warnings.value = [...warnings.value, message].slice(-MOST)
  }
  onScopeDispose(cancel)
  return { under, progress, checks, warnings, failure, attempt, cancel, dismiss, tell, warn }
}
