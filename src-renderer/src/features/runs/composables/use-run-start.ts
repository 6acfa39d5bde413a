import { useMutation, useQueryClient } from '@tanstack/vue-query'
import { computed } from 'vue'
import type { Sweep } from '#shared/config/sweep.ts'
import type { StartRun } from '#shared/contract/runs.ts'
import { api } from '../../../api/client.ts'

/** Starts a run, or every run of a sweep. @param onStarted gets the first of them */
export function useRunStart(onStarted: (id: number) => void) {
  const queries = useQueryClient()
  async function started(id: number | undefined) {
    await queries.invalidateQueries({ queryKey: api.runs.key() })
    if (id !== undefined) onStarted(id)
  }
  const one = useMutation(api.runs.start.mutationOptions({ onSuccess: ({ id }) => started(id) }))
  const several = useMutation(
    api.runs.sweep.mutationOptions({ onSuccess: ([first]) => started(first?.id) }),
  )
  function begin({
    request,
    sweep,
    sweepName,
  }: {
    request: StartRun
    sweep: Sweep | null
    sweepName: string
  }) {
    if (!sweep) return one.mutate(request)
    const grid = Object.entries(sweep.grid).map(([key, tried]) => [key, tried.slice()] as const)
    several.mutate({
      ...request,
      name: sweepName,
      grid: Object.fromEntries(grid),
      ...(sweep.seeds && { seeds: [...sweep.seeds] }),
    })
  }
  return {
    begin,
    starting: computed(() => one.isPending.value || several.isPending.value),
    failure: computed(() => one.error.value ?? several.error.value),
  }
}
