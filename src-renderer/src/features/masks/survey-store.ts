import { useQueryClient } from '@tanstack/vue-query'
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { SurveyRequest } from '#shared/contract/mask-windows.ts'
import type { JobEvent } from '#shared/contract/videos.ts'
import { api, client } from '../../api/client.ts'

/** The queue follows a survey at this pace, in milliseconds. */
const REFRESH = 1_500

/** The survey of masks; it goes on while other views are open. */
export const useSurvey = defineStore('survey', () => {
  const queries = useQueryClient()
  const progress = shallowRef<Extract<JobEvent, { type: 'progress' }> | null>(null)
  const done = shallowRef<Extract<JobEvent, { type: 'done' }> | null>(null)
  const failure = shallowRef<unknown>(null)
  const controller = shallowRef<AbortController | null>(null)
  const running = computed(() => controller.value !== null)

  async function start(request: SurveyRequest) {
    if (controller.value) return
    const own = new AbortController()
    controller.value = own
    progress.value = done.value = failure.value = null
    const timer = setInterval(refresh, REFRESH)
    try {
      for await (const event of await client.masks.survey(request, { signal: own.signal })) {
        if (event.type === 'progress') progress.value = event
        if (event.type === 'done') done.value = event
      }
    } catch (error) {
      if (!own.signal.aborted) failure.value = error
    } finally {
      clearInterval(timer)
      controller.value = null
      refresh()
    }
  }
  function refresh() {
    void queries.invalidateQueries({ queryKey: api.masks.queue.key() })
  }
  function dismiss() {
    done.value = failure.value = null
  }
  /** Scores that are there stay. */
  const cancel = () => controller.value?.abort()
  return { progress, done, failure, running, start, cancel, dismiss }
})
