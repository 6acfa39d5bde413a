import { computed, ref, shallowRef, toValue, type MaybeRefOrGetter } from 'vue'
import { useRouter } from 'vue-router'
import { useVideoList } from './video-list-store.ts'
import type { Tagging } from './use-tagging.ts'

/** Videos that were selected in a list or on a map. */
export interface SelectedVideos {
  count: number
  /** Where, in words that follow "from", e.g. "Library". */
  from: string
  /** Their numbers, which a long list asks the host for. */
  ids: () => readonly number[] | Promise<readonly number[]>
}

/** What can be done to selected videos: tag them, go through them in Masks, evaluate on them. */
export function useSelectionActions(options: {
  videos: MaybeRefOrGetter<SelectedVideos>
  tagging: Tagging
}) {
  const router = useRouter()
  const list = useVideoList()
  const { edit } = options.tagging
  const isReading = ref(false)
  const failure = shallowRef<unknown>(null)

  /** Gives the videos' numbers to `use`; tells whether all went well. */
  async function act(use: (ids: readonly number[]) => Promise<unknown>): Promise<boolean> {
    isReading.value = true
    failure.value = null
    try {
      await use(await toValue(options.videos).ids())
      return true
    } catch (error) {
      failure.value = error
      return false
    } finally {
      isReading.value = false
    }
  }
  const addTag = (tag: string) => act((ids) => edit.mutateAsync({ ids, add: tag }))
  return {
    addTag,
    openInMasks: () =>
      act(async (ids) => {
        const [first] = ids
        if (first === undefined) return
        list.open({ ids, from: toValue(options.videos).from })
        await router.push({ name: 'masks', query: { video: first } })
      }),
    async evaluate(tag: string) {
      if (!(await addTag(tag))) return
      await router.push({ name: 'evaluate', params: { id: 'new' }, query: { tag } })
    },
    isBusy: computed(() => isReading.value || edit.isPending.value),
    failure,
  }
}
