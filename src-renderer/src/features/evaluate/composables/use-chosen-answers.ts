import { ref, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import type { AnswersRequest } from '#shared/contract/evaluations.ts'
import { client } from '../../../api/client.ts'

/** Selecting videos of a list of predictions; another list starts with none. */
export function useChosenAnswers(request: MaybeRefOrGetter<AnswersRequest>) {
  const chosen = shallowRef<ReadonlySet<number>>(new Set())
  const failure = shallowRef<unknown>(null)
  const isChoosing = ref(false)
  const asked = () => JSON.stringify(toValue(request))
  watch(asked, clear)

  function clear() {
    chosen.value = new Set()
    failure.value = null
  }
  function toggle(id: number) {
    const next = new Set(chosen.value)
    if (!next.delete(id)) next.add(id)
    chosen.value = next
  }
  /** Also those whose pages are not loaded. */
  async function chooseAll() {
    const before = asked()
    isChoosing.value = true
    failure.value = null
    try {
      const { videoId } = await client.evaluations.answers(toValue(request))
      if (before === asked()) chosen.value = new Set(videoId)
    } catch (error) {
      failure.value = error
    } finally {
      isChoosing.value = false
    }
  }
  return { chosen, toggle, chooseAll, clear, isChoosing, failure }
}
