import { useQueryClient } from '@tanstack/vue-query'
import { defineStore } from 'pinia'
import { computed, reactive, ref, shallowRef } from 'vue'
import type { DatasetFormat, IndexRequest } from '#shared/contract/indexing.ts'
import type { JobEvent } from '#shared/contract/videos.ts'
import { api, client } from '../../api/client.ts'

type JobProgress = Extract<JobEvent, { type: 'progress' }>
type JobDone = Extract<JobEvent, { type: 'done' }>

/** Warnings kept; a folder of a hundred thousand broken files must not fill the memory. */
const WARNINGS_KEPT = 500
/** The list of videos follows an indexing job at this pace, in milliseconds. */
const REFRESH = 1_000

/** The one job that fills the library: indexing a folder or making the sample set. */
export const useJobs = defineStore('jobs', () => {
  const queries = useQueryClient()
  const title = ref('')
  const progress = shallowRef<JobProgress | null>(null)
  const done = shallowRef<JobDone | null>(null)
  /** What was recognised, and why. */
  const note = ref('')
  const warnings = shallowRef<readonly string[]>([])
  const failure = shallowRef<unknown>(null)
  /** What is typed into the form that indexes a folder, kept while the form is closed. */
  const draft = reactive({
    folder: '',
    format: 'auto' as DatasetFormat | 'auto',
    annotations: '',
    split: '1',
  })
  /** What was indexed last. */
  let indexed: IndexRequest | null = null
  const controller = shallowRef<AbortController | null>(null)
  const running = computed(() => controller.value !== null)

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
    note.value = ''
    progress.value = done.value = failure.value = null
    warnings.value = []
    try {
      let refreshed = Date.now()
      for await (const event of await open(own.signal)) {
        take(event)
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
  function take(event: JobEvent) {
    if (event.type === 'progress') progress.value = event
    else if (event.type === 'done') done.value = event
    else if (event.type === 'note') note.value = event.message
    else warnings.value = [...warnings.value, event.message].slice(-WARNINGS_KEPT)
  }
  function refresh() {
    void queries.invalidateQueries({ queryKey: api.datasets.key() })
    void queries.invalidateQueries({ queryKey: api.videos.key() })
    void queries.invalidateQueries({ queryKey: api.library.key() })
  }
  function dismiss() {
    done.value = failure.value = progress.value = null
    note.value = ''
    warnings.value = []
  }

  const index = (wanted: IndexRequest, accepted?: () => void) => {
    indexed = wanted
    return start(wanted.folder, (signal) => client.datasets.index(wanted, { signal }), accepted)
  }

  return {
    title,
    progress,
    done,
    note,
    warnings,
    failure,
    running,
    draft,
    makeSample: () =>
      start('Sample set', (signal) => client.datasets.makeSample(undefined, { signal })),
    /** Starts to index a folder. @throws what speaks against it; then nothing has been started. */
    async tryIndex(wanted: IndexRequest) {
      await new Promise<void>((resolve) => {
        void index(wanted, resolve)
      })
      const refusal = failure.value
      if (refusal === null || done.value !== null || (progress.value?.total ?? 0) > 0) return
      failure.value = null
      throw refusal
    },
    /** Indexes the last folder again, its folders of frames at this many frames a second. */
    setFrameRate(frameRate: number) {
      if (indexed) void index({ ...indexed, frameRate })
    },
    /** What is indexed stays. */
    cancel: () => controller.value?.abort(),
    dismiss,
  }
})
