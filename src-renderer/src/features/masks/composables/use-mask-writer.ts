import { ORPCError } from '@orpc/client'
import { useEventListener } from '@vueuse/core'
import { shallowReactive } from 'vue'
import { client, connection } from '../../../api/client.ts'
import { MaskWriter, type MaskService } from '../lib/mask-writer.ts'

/** The connection went during a request: nobody knows what became of it. */
class LostAnswer extends Error {
  override name = 'LostAnswer'
}

/** The host's masks; requests wait for the connection. */
export const maskService: MaskService = {
  window: (window) => ask(() => client.masks.window(window)),
  edit: (edit) => ask(() => client.masks.edit(edit)),
  undo: (window) => ask(() => client.masks.undo({ window })),
  redo: (window) => ask(() => client.masks.redo({ window })),
  decide: (window, change, origin) => ask(() => client.masks.decide({ window, change, origin })),
}

async function ask<T>(work: () => Promise<T>): Promise<T> {
  await connection.ready()
  const { epoch } = connection
  try {
    return await work()
  } catch (error) {
    const isLost = connection.epoch !== epoch || connection.state.value.phase !== 'open'
    if (isLost && !(error instanceof ORPCError)) throw new LostAnswer('', { cause: error })
    throw error
  }
}

/** How saving goes. */
const saving = shallowReactive<{ unsaved: number; failure: unknown }>({
  unsaved: 0,
  failure: null,
})

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
