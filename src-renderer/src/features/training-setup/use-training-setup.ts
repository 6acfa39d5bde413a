import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { useIntervalFn } from '@vueuse/core'
import { computed, watch } from 'vue'
import type { TrainingSetupState } from '#shared/contract/training-setup.ts'
import { api } from '../../api/client.ts'

/** How often (milliseconds) a set-up that runs is asked how far it is. */
const PULSE = 1000

/** TensorFlow's set-up, where the workbench runs from a package; in a clone there is nothing to do. */
export function useTrainingSetup() {
  const queries = useQueryClient()
  const key = api.trainingSetup.state.queryKey()
  const { data, refetch } = useQuery(api.trainingSetup.state.queryOptions({ staleTime: 60_000 }))
  useIntervalFn(() => {
    if (data.value?.state === 'running') void refetch()
  }, PULSE)
  const mutation = {
    onSuccess: (state: TrainingSetupState) => void queries.setQueryData(key, state),
  }
  const starting = useMutation(api.trainingSetup.start.mutationOptions(mutation))
  const cancelling = useMutation(api.trainingSetup.cancel.mutationOptions(mutation))
  watch(
    () => data.value?.state,
    (now, before) => {
      if (before !== 'running' || now === 'running') return
      void queries.invalidateQueries({ queryKey: api.project.doctor.key() })
    },
  )
  return {
    setup: computed(() => data.value ?? null),
    /** Why nothing can be trained or evaluated for now; null where set-up is no obstacle. */
    reason: computed(() => {
      const state = data.value?.state
      if (state === 'running') return 'Training is being set up. Wait until that ends.'
      if (state === 'unsupported') {
        return 'TensorFlow can be set up on Linux only. Train on a Linux machine.'
      }
      const isMissing = state === 'missing' || (state === 'failed' && !data.value?.available)
      return isMissing ? 'Training is not set up yet. Choose “Set up training” above.' : null
    }),
    start: () => starting.mutate({}),
    cancel: () => cancelling.mutate({}),
    isCancelling: cancelling.isPending,
    /** Why the host did not do what a button asked for. */
    refusal: computed(() => starting.error.value ?? cancelling.error.value),
  }
}
