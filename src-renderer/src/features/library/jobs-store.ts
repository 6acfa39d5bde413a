import { defineStore } from 'pinia'
import { reactive } from 'vue'
import type { DatasetFormat, IndexRequest } from '#shared/contract/indexing.ts'
import { client } from '../../api/client.ts'
import { explain } from '../../api/explain.ts'
import { useLibraryJob } from './composables/use-library-job.ts'

interface IndexDraft {
  folder: string
  format: DatasetFormat | 'auto'
  annotations: string
  split: string
}

/** The one job that fills the library: indexing a folder or making the sample set. */
export const useJobs = defineStore('jobs', () => {
  const { start, ...job } = useLibraryJob()
  const { progress, done, failure } = job
  /** What is typed into the form that indexes a folder, kept while the form is closed. */
  const draft = reactive<IndexDraft>({
    folder: '',
    format: 'auto',
    annotations: '',
    split: '1',
  })
  /** What was indexed last. */
  let indexed: IndexRequest | null = null
  const index = (wanted: IndexRequest, accepted?: () => void) => {
    indexed = wanted
    return start(wanted.folder, (signal) => client.datasets.index(wanted, { signal }), accepted)
  }
  return {
    ...job,
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
      throw refusal instanceof Error ? refusal : new Error(explain(refusal).fact)
    },
    /** Indexes the last folder again, its folders of frames at this many frames a second. */
    setFrameRate(frameRate: number) {
      if (indexed) void index({ ...indexed, frameRate })
    },
  }
})
