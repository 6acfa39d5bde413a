import { useQueryClient } from '@tanstack/vue-query'
import { onScopeDispose, ref, shallowRef } from 'vue'
import type { Run } from '#shared/contract/runs.ts'
import { api, client } from '../../../api/client.ts'

type Progress = { type: 'progress'; done: number; total: number }

/** One folder at a time, with progress in bytes; leaving the scope cancels. */
function useFolderWork<Done extends { type: 'done' }>() {
  const progress = shallowRef<{ done: number; total: number } | null>(null)
  const done = shallowRef<Done | null>(null)
  const failure = shallowRef<unknown>(null)
  let controller: AbortController | null = null
  onScopeDispose(() => controller?.abort())

  async function run(start: (signal: AbortSignal) => Promise<AsyncIterable<Progress | Done>>) {
    if (controller) return
    const own = (controller = new AbortController())
    failure.value = done.value = null
    progress.value = { done: 0, total: 0 }
    try {
      for await (const event of await start(own.signal)) {
        if (event.type === 'done') done.value = event
        else progress.value = event
      }
    } catch (error) {
      if (!own.signal.aborted) failure.value = error
    } finally {
      controller = progress.value = null
    }
  }
  return { progress, done, failure, run, cancel: () => controller?.abort() }
}

/** A run as a folder among the project's exports. */
export function useRunExport() {
  const work = useFolderWork<{ type: 'done'; folder: string; files: number; bytes: number }>()
  /** The run that `done` and `failure` are about. */
  const of = ref<number | null>(null)
  function start(id: number) {
    if (work.progress.value === null) of.value = id
    return work.run((signal) => client.runs.export({ id }, { signal }))
  }
  return { ...work, of, start }
}

/** A folder with a run, taken into the project. */
export function useRunImport(onDone: (run: Run) => void) {
  const queries = useQueryClient()
  const work = useFolderWork<{ type: 'done'; run: Run }>()
  async function start(folder: string) {
    await work.run((signal) => client.runs.import({ folder }, { signal }))
    void queries.invalidateQueries({ queryKey: api.runs.key() })
    void queries.invalidateQueries({ queryKey: api.evaluations.key() })
    void queries.invalidateQueries({ queryKey: api.datasets.key() })
    if (work.done.value) onDone(work.done.value.run)
  }
  return { ...work, start }
}
