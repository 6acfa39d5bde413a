import { onScopeDispose, shallowRef } from 'vue'

export interface Step {
  /** `exporting`, `checking`, `taking`. */
  phase: string
  done: number
  /** Null while it is not known. */
  total: number | null
  /** `done` and `total` are bytes. */
  inBytes?: boolean
  /** Left out where it is not known. */
  secondsLeft?: number
}

/** One piece of work at a time, with progress; it ends with the scope. */
export function useWork() {
  const step = shallowRef<Step | null>(null)
  const failure = shallowRef<unknown>(null)
  let controller: AbortController | null = null
  onScopeDispose(() => controller?.abort())

  async function run(phase: string, work: (signal: AbortSignal) => Promise<void>) {
    if (controller) return
    const own = (controller = new AbortController())
    failure.value = null
    step.value = { phase, done: 0, total: null }
    try {
      await work(own.signal)
    } catch (error) {
      if (!own.signal.aborted) failure.value = error
    } finally {
      controller = step.value = null
    }
  }
  return { step, failure, run, cancel: () => controller?.abort() }
}

export type Work = ReturnType<typeof useWork>
