import { useMutation, useQueryClient } from '@tanstack/vue-query'
import { computed } from 'vue'
import type { Run } from '#shared/contract/runs.ts'
import { api } from '../../../api/client.ts'

/** What can be done to runs; the lists follow. */
export function useRunChanges() {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: api.runs.key() })
  const stop = useMutation(api.runs.stop.mutationOptions({ onSuccess }))
  const pause = useMutation(api.runs.pause.mutationOptions({ onSuccess }))
  const resume = useMutation(api.runs.resume.mutationOptions({ onSuccess }))
  const move = useMutation(api.runs.move.mutationOptions({ onSuccess }))
  const note = useMutation(api.runs.note.mutationOptions({ onSuccess }))
  const trash = useMutation(api.runs.trash.mutationOptions({ onSuccess }))
  const discard = useMutation(api.runs.discard.mutationOptions({ onSuccess }))
  const startOver = useMutation(api.runs.startOver.mutationOptions({ onSuccess }))
  const emptyTrash = useMutation(api.runs.emptyTrash.mutationOptions({ onSuccess }))

  /** One place up or down among the runs that wait. */
  function shift(waiting: readonly Run[], id: number, by: 1 | -1) {
    const at = waiting.findIndex((run) => run.id === id)
    const before = by < 0 ? waiting[at - 1] : waiting[at + 2]
    if (at + by < 0 || at + by >= waiting.length) return
    move.mutate({ id, before: before?.id ?? null })
  }
  const failure = computed(
    () =>
      [stop, pause, resume, move, note, trash, discard, startOver, emptyTrash].find(
        ({ error }) => error.value !== null,
      )?.error.value ?? null,
  )
  return { stop, pause, resume, note, trash, discard, startOver, emptyTrash, shift, failure }
}
