import { watch, type Ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { RunStatus } from '#shared/contract/runs.ts'
import { client } from '../../api/client.ts'
import {
  endedEvaluations,
  endedRuns,
  noticeOfEvaluation,
  noticeOfRun,
  type EndNotice,
  type Statuses,
} from './end-notices.ts'
import { useNotices } from '../notices/notices-store.ts'
import { useEvaluationList } from '../../features/evaluate/composables/use-evaluation-list.ts'
import { useNotify } from '../../lib/use-notify.ts'
import { useRunList } from '../../features/runs/composables/use-run-list.ts'

/** The view that shows what has ended. */
type Place = 'runs' | 'evaluate'
const keys = { runs: 'run', evaluate: 'evaluation' } as const

/** Says when runs and evaluations end: in the page, and by the system where that is wanted. Use once. */
export function useEndNotices() {
  const route = useRoute()
  const runs = useRunList()
  const evaluations = useEvaluationList()
  const announce = useAnnouncement()
  const notices = useNotices()

  useNewlyEnded(
    runs.all,
    () => runs.query.data.value !== undefined,
    (before, all) => endedRuns(before, all).map(noticeOfRun),
    (notice) => announce('runs', notice),
  )
  useNewlyEnded(
    evaluations.evaluations,
    () => evaluations.query.data.value !== undefined,
    (before, all) => endedEvaluations(before, all).map(noticeOfEvaluation),
    (notice) => announce('evaluate', notice),
  )
  // Who looks at it afterwards knows.
  watch([() => route.name, () => route.params.id], ([name, id]) => {
    if (name !== 'runs' && name !== 'evaluate') return
    const notice = notices.shown.find(({ key }) => key === `${keys[name]}:${String(id)}`)
    if (notice) notices.hide(notice.id)
  })
}

/** Tells of an end in the page, and by the system where that is wanted. */
function useAnnouncement() {
  const router = useRouter()
  const { notify } = useNotify()
  const notices = useNotices()
  return function announce(place: Place, { id, title, text, isFailure }: EndNotice) {
    const key = `${keys[place]}:${id}`
    const open = () => void router.push({ name: place, params: { id } })
    notices.add({
      kind: isFailure ? 'failure' : 'done',
      title,
      text,
      key,
      action: { label: 'Show', perform: open },
    })
    const onOpen = () => {
      // A page cannot bring back a window that is minimised; its host can.
      void client.project.focus()
      open()
    }
    notify({ title, text, tag: `fame-${key}`, onOpen })
  }
}

/** Looks at a list whenever it changes, once it is there. */
function useNewlyEnded<T extends { id: number; status: RunStatus }>(
  list: Readonly<Ref<readonly T[]>>,
  isKnown: () => boolean,
  news: (before: Statuses, all: readonly T[]) => EndNotice[],
  announce: (notice: EndNotice) => void,
): void {
  let before: Statuses = null
  watch(
    list,
    (all) => {
      if (!isKnown()) return
      const fresh = news(before, all)
      before = new Map(all.map(({ id, status }) => [id, status]))
      for (const notice of fresh) announce(notice)
    },
    { immediate: true },
  )
}
