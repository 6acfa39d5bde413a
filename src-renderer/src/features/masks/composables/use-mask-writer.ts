import { useEventListener } from '@vueuse/core'
import { shallowReactive } from 'vue'
import { LostAnswer, maskService } from '../lib/mask-service.ts'
import { MaskWriter } from '../lib/mask-writer.ts'

/** How saving goes. */
const saving = shallowReactive({ unsaved: 0, failure: null as unknown })

/** One for the page: what was drawn is sent even when another view is opened meanwhile. */
const writer: MaskWriter = new MaskWriter({
  service: maskService,
  isLost: (error) => error instanceof LostAnswer,
  onChange() {
    saving.unsaved = writer.unsaved
    saving.failure = writer.failure
  },
})
useEventListener(window, 'beforeunload', (event) => {
  if (writer.unsaved > 0) event.preventDefault()
})

/** Saves edits of masks, in order, also when the component that made them is gone. */
export function useMaskWriter() {
  return { writer, saving }
}
