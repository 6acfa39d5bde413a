import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, shallowRef } from 'vue'
import type { ClipWindow, MaskDecision, MaskOrigin } from '#shared/contract/mask-windows.ts'
import { api, client } from '../../../api/client.ts'
import { formatCount } from '../../../lib/format.ts'

export type BulkDecisions = ReturnType<typeof useBulkDecisions>

/** Decisions on many windows at once, with progress, and undone together. */
export function useBulkDecisions(options: { origin: () => MaskOrigin; onDone: () => void }) {
  const queries = useQueryClient()
  const last = useQuery(api.masks.bulk.queryOptions())
  const progress = shallowRef<{ done: number; total: number } | null>(null)
  const failure = shallowRef<unknown>(null)
  /** What came of the last one, in words. */
  const said = shallowRef('')
  const controller = shallowRef<AbortController | null>(null)

  async function run(work: (signal: AbortSignal) => Promise<string>) {
    if (controller.value) return
    const own = new AbortController()
    controller.value = own
    failure.value = null
    said.value = ''
    try {
      said.value = await work(own.signal)
    } catch (error) {
      if (own.signal.aborted) said.value = 'Stopped. Clips that were already changed stay changed.'
      else failure.value = error
    } finally {
      controller.value = progress.value = null
      void queries.invalidateQueries({ queryKey: api.masks.key() })
      options.onDone()
    }
  }
  function decide(windows: ClipWindow[], change: Partial<MaskDecision>) {
    const request = { windows, change, origin: options.origin() }
    progress.value = { done: 0, total: windows.length }
    return run(async (signal) => {
      for await (const event of await client.masks.decideMany(request, { signal })) {
        if (event.type === 'progress') progress.value = event
        else return sayDone(event)
      }
      return ''
    })
  }
  const undo = () =>
    run(async () => {
      const undone = await client.masks.undoBulk()
      if (!undone) return 'There is nothing to undo.'
      const kept =
        undone.kept > 0 ? `; ${clips(undone.kept)} changed since then and stay as they are` : ''
      return `Undone: ${undone.label} · ${clips(undone.undone)}${kept}`
    })

  return {
    decide,
    undo,
    cancel: () => controller.value?.abort(),
    running: computed(() => controller.value !== null),
    last: computed(() => last.data.value ?? null),
    progress,
    failure,
    said,
  }
}

function sayDone(done: {
  changed: number
  failures: number
  failed: readonly { message: string }[]
}): string {
  if (done.failures === 0) return `${clips(done.changed)} changed`
  return `${clips(done.changed)} changed, ${done.failures} failed: ${done.failed[0]?.message ?? ''}`
}

function clips(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'clip' : 'clips'}`
}
