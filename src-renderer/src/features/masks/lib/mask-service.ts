import { ORPCError } from '@orpc/client'
import type { DecideRequest, OpenMask } from '#shared/contract/mask-windows.ts'
import type { MaskService } from './mask-writer.ts'
import { client, connection } from '../../../api/client.ts'

/** The connection went while a request was under way: nobody knows what became of it. */
export class LostAnswer extends Error {
  override name = 'LostAnswer'
}

/** The host's masks; requests wait for the connection. */
export const maskService: MaskService = {
  window: (window) => ask(() => client.masks.window(window)),
  edit: (edit) => ask(() => client.masks.edit(edit)),
  undo: (window) => ask(() => client.masks.undo({ window })),
  redo: (window) => ask(() => client.masks.redo({ window })),
  decide: (window, change, origin) => ask(() => decideOne({ windows: [window], change, origin })),
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

async function decideOne(request: DecideRequest): Promise<OpenMask | null> {
  for await (const event of await client.masks.decide(request)) {
    if (event.type !== 'done') continue
    const [failed] = event.failed
    if (failed) throw new Error(failed.message)
    return event.result
  }
  return null
}
