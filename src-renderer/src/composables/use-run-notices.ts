import { watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { RunStatus } from '#shared/contract/runs.ts'
import { client } from '../api/client.ts'
import { endedRuns, noticeOf } from '../lib/run-notices.ts'
import { useNotices } from '../stores/notices.ts'
import { useNotify } from './use-notify.ts'
import { useRunList } from './use-run-list.ts'

/** Says when runs end: in the page, and by the system where that is wanted. Use once. */
export function useRunNotices() {
  const route = useRoute()
  const router = useRouter()
  const { query, all } = useRunList()
  const { notify } = useNotify()
  const notices = useNotices()
  let before: Map<number, RunStatus> | null = null

  function open(runId: number) {
    void router.push({ name: 'runs', params: { id: runId } })
  }
  watch(
    all,
    (runs) => {
      if (!query.data.value) return
      const fresh = endedRuns(before, runs).map(noticeOf)
      before = new Map(runs.map(({ id, status }) => [id, status]))
      if (fresh.length === 0) return
      for (const { runId, title, text, isFailure } of fresh) {
        notices.add({
          kind: isFailure ? 'failure' : 'done',
          title,
          text,
          key: keyOf(runId),
          action: { label: 'Show', perform: () => open(runId) },
        })
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
    (id) => {
      const notice = notices.shown.find(({ key }) => key === keyOf(id))
      if (notice) notices.hide(notice.id)
    },
  )
}

const keyOf = (runId: number) => `run:${runId}`
