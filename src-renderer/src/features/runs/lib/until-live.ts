import type { QueryClient, QueryKey } from '@tanstack/vue-query'
import type { Run } from '#shared/contract/runs.ts'
import { isLive } from '../../../lib/status.ts'

export interface UntilLiveOptions {
  queries: QueryClient
  /** Where the list of runs is cached. */
  list: QueryKey
  id: number
  signal: AbortSignal
}

/** Waits until the cached list of runs shows a run as live, at once if it does; or for `signal`. */
export function untilLive({ queries, list, id, signal }: UntilLiveOptions): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      const run = queries.getQueryData<Run[]>(list)?.find((known) => known.id === id)
      if (!signal.aborted && !(run && isLive(run))) return
      leave()
      signal.removeEventListener('abort', look)
      resolve()
    }
    const leave = queries.getQueryCache().subscribe(look)
    signal.addEventListener('abort', look)
    look()
  })
}
