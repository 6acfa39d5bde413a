import { onScopeDispose } from 'vue'
import { useRouter } from 'vue-router'
import { useNotices } from './notices/notices-store.ts'

/** Says so where a view cannot be opened: its code is fetched when it is first wanted. Use once. */
export function useViewErrors() {
  const router = useRouter()
  const notices = useNotices()
  const stop = router.onError((_error, to) => {
    notices.add({
      kind: 'failure',
      title: 'This view could not be opened',
      text: 'The workbench did not send it. Try again when the workbench answers.',
      key: 'view',
      action: { label: 'Try again', perform: () => void router.push(to.fullPath) },
    })
  })
  onScopeDispose(stop)
}
