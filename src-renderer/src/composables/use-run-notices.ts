import { shallowRef, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { RunStatus } from '#shared/contract/runs.ts'
import { client } from '../api/client.ts'
import { endedRuns, noticeOf, withNotices, type RunNotice } from '../lib/run-notices.ts'
import { useNotify } from './use-notify.ts'
import { useRunList } from './use-run-list.ts'

/** Tells when runs end: in the page, and by the system where that is wanted. Use once. */
export function useRunNotices() {
  const route = useRoute()
  const router = useRouter()
  const { query, all } = useRunList()
  const { notify } = useNotify()
  const notices = shallowRef<readonly RunNotice[]>([])
  let before: Map<number, RunStatus> | null = null

  function open(runId: number) {
    void router.push({ name: 'runs', params: { id: runId } })
  }
  function dismiss(runId: number) {
    notices.value = notices.value.filter((notice) => notice.runId !== runId)
  }
  watch(
    all,
    (runs) => {
      if (!query.data.value) return
      const fresh = endedRuns(before, runs).map(noticeOf)
      before = new Map(runs.map(({ id, status }) => [id, status]))
      if (fresh.length === 0) return
      notices.value = withNotices(notices.value, fresh)
      for (const { runId, title, text } of fresh) {
        const onOpen = () => {
          // A page cannot bring back a window that is minimised; its host can.
          void client.project.focus()
          open(runId)
        }
        notify({ title, text, tag: `fame-run-${runId}`, onOpen })
      }
    },
    { immediate: true },
  )
  // Who looks at the run afterwards knows.
  watch(
    () => Number(route.params.id),
    (id) => dismiss(id),
  )
  return { notices, open, dismiss }
}
