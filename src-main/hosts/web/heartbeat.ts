import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'

const heartbeatMs = 20_000

/**
 * Closes connections whose client has gone quietly, or may not go on. A client on a slow line that
 * still takes what was sent before is alive, though the ping has not reached it yet.
 */
export function keepAlive(
  client: WebSocket,
  socket: Duplex,
  { goesOn, end }: { goesOn: () => Promise<boolean>; end: () => void },
): void {
  let answered = true
  let left = 0
  client.on('pong', () => {
    answered = true
  })
  client.on('error', () => client.terminate())
  const beat = async (): Promise<void> => {
    const isTaking = socket.writableLength > 0 && sentBytes(socket) > left
    // A connection that the host itself does not read from cannot answer.
    if (!answered && !isTaking && !client.isPaused) return client.terminate()
    if (!(await goesOn())) return end()
    answered = false
    client.ping()
    left = sentBytes(socket)
  }
  const timer = setInterval(() => void beat(), heartbeatMs)
  client.on('close', () => clearInterval(timer))
}

/** Bytes that have gone to the system. */
function sentBytes(socket: Duplex): number {
  const { bytesWritten } = socket as Duplex & { bytesWritten?: number }
  return (bytesWritten ?? 0) - socket.writableLength
}
