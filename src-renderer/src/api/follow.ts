import type { Connection } from './connection.ts'

export interface FollowOptions<Event> {
  connection: Pick<Connection, 'epoch' | 'ready' | 'state'>
  subscribe: (signal: AbortSignal) => Promise<AsyncIterable<Event>>
  onEvent: (event: Event) => void
  /** Before the stream starts over after a lost connection: what came so far will come again. */
  onRestart?: () => void
  signal: AbortSignal
}

/**
 * Reads a live stream to its end, subscribing again whenever the connection was lost.
 * @throws what the stream throws for any other reason.
 */
export async function follow<Event>(options: FollowOptions<Event>): Promise<void> {
  const { connection, subscribe, onEvent, onRestart, signal } = options
  for (;;) {
    await connection.ready(signal)
    const { epoch } = connection
    try {
      for await (const event of await subscribe(signal)) {
        if (signal.aborted) return
        onEvent(event)
      }
      if (connection.epoch === epoch && connection.state.value.phase === 'open') return
    } catch (error) {
      if (signal.aborted) return
      if (connection.epoch === epoch && connection.state.value.phase === 'open') throw error
    }
    onRestart?.()
  }
}
