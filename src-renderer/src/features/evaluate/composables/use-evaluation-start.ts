import { useMutation, useQueryClient } from '@tanstack/vue-query'
import { computed } from 'vue'
import type { Evaluation, StartEvaluation } from '#shared/contract/evaluations.ts'
import { api } from '../../../api/client.ts'

/** Starts an evaluation, or one of each split list. @param onStarted gets the first of them */
export function useEvaluationStart(onStarted: (evaluation: Evaluation) => void) {
  const queries = useQueryClient()
  const mutation = {
    onSuccess: async (started: Evaluation | Evaluation[]) => {
      await queries.invalidateQueries({ queryKey: api.evaluations.key() })
      const [first] = [started].flat()
      if (first) onStarted(first)
    },
  }
  const one = useMutation(api.evaluations.start.mutationOptions(mutation))
  const three = useMutation(api.evaluations.startSplits.mutationOptions(mutation))
  function begin(what: StartEvaluation, { allSplits }: { allSplits: boolean }) {
    if (allSplits) three.mutate(what)
    else one.mutate(what)
  }
  return {
    begin,
    starting: computed(() => one.isPending.value || three.isPending.value),
    failure: computed(() => one.error.value ?? three.error.value),
  }
}
