import { useQueryClient } from '@tanstack/vue-query'
import { computed, ref, shallowRef } from 'vue'
import type { JobEvent } from '#shared/contract/videos.ts'
import { api } from '../../../api/client.ts'

type JobProgress = Extract<JobEvent, { type: 'progress' }>
type JobDone = Extract<JobEvent, { type: 'done' }>

/** Warnings kept; a folder of a hundred thousand broken files must not fill the memory. */
const WARNINGS_KEPT = 500
/** The list of videos follows an indexing job at this pace, in milliseconds. */
const REFRESH = 1_000

/** One job at a time that fills the library, and what it tells while it runs. */
export function useLibraryJob() {
  const refresh = useLibraryRefresh()
  const title = ref('')
  const told = useJobEvents()
  const { done, failure } = told
  const controller = shallowRef<AbortController | null>(null)

  /** Resolves at the end; `accepted` is called once it is clear what is indexed. */
  async function start(
    name: string,
    open: (signal: AbortSignal) => Promise<AsyncIterable<JobEvent>>,
    accepted: () => void = () => undefined,
  ) {
    const own = new AbortController()
    controller.value?.abort()
    controller.value = own
    title.value = name
    told.clear()
    try {
      let refreshed = Date.now()
      for await (const event of await open(own.signal)) {
        told.take(event)
        if (event.type !== 'progress' || event.total > 0) accepted()
        if (Date.now() - refreshed < REFRESH) continue
        refreshed = Date.now()
        refresh()
      }
    } catch (error) {
      if (!own.signal.aborted) failure.value = error
    } finally {
      accepted()
      if (controller.value === own) controller.value = null
      refresh()
    }
  }
  return {
    title,
    progress: told.progress,
    done,
    note: told.note,
    warnings: told.warnings,
    failure,
    running: computed(() => controller.value !== null),
    start,
    /** What is indexed stays. */
    cancel: () => controller.value?.abort(),
    dismiss: told.clear,
  }
}

/** What a job has told so far. */
function useJobEvents() {
  const progress = shallowRef<JobProgress | null>(null)
  const done = shallowRef<JobDone | null>(null)
  /** What was recognised, and why. */
  const note = ref('')
  const warnings = shallowRef<readonly string[]>([])
  const failure = shallowRef<unknown>(null)
  function take(event: JobEvent) {
    if (event.type === 'progress') progress.value = event
    else if (event.type === 'done') done.value = event
    else if (event.type === 'note') note.value = event.message
    else warnings.value = [...warnings.value, event.message].slice(-WARNINGS_KEPT)
  }
  function clear() {
    done.value = failure.value = progress.value = null
    note.value = ''
    warnings.value = []
  }
  return { progress, done, note, warnings, failure, take, clear }
}

/** Reads the lists of data sets and videos again. */
function useLibraryRefresh() {
  const queries = useQueryClient()
  return () => {
    void queries.invalidateQueries({ queryKey: api.datasets.key() })
    void queries.invalidateQueries({ queryKey: api.videos.key() })
    void queries.invalidateQueries({ queryKey: api.library.key() })
  }
}
