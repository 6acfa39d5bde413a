import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { RPCHandler } from '@orpc/server/ws'
import { WebSocketServer, type WebSocket } from 'ws'
import { rpcPath } from '#shared/contract/transport.ts'
import { createRouter } from '../../router/index.ts'
import type { Workbench } from '../../workbench.ts'
import type { Session } from './session.ts'
import { refusal } from './app.ts'

const heartbeatMs = 20_000
/** How long a client may take to say goodbye when the host stops. */
const goodbyeMs = 500
/**
 * Bytes. The largest requests are the run lengths of a ragged mask and a decision on a hundred thousand
 * clips, below 10 MB; pictures never travel this way.
 */
const largestMessage = 16 << 20

/**
 * Serves the contract over WebSockets at `rpcPath`. A client that has gone quietly is found by a
 * heartbeat, so that its streams end.
 */
export function serveRpc(
  server: Server,
  workbench: Workbench,
  options: { session: Session; listening: string },
): { close: () => void } {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: largestMessage })
  const handler = new RPCHandler(createRouter(workbench))
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    const refused = refusedUpgrade(request, options)
    if (refused) return refuse(socket, refused)
    sockets.handleUpgrade(request, socket, head, (client) => {
      keepAlive(client)
      void handler.upgrade(paced(client))
    })
  })
  return {
    close: () => {
      for (const client of sockets.clients) {
        client.close(1001, 'The workbench stops.')
        setTimeout(() => client.terminate(), goodbyeMs)
      }
      sockets.close()
    },
  }
}

function refusedUpgrade(
  request: IncomingMessage,
  options: { session: Session; listening: string },
): { status: number; message: string } | null {
  const path = (request.url ?? '').split('?')[0]
  if (path !== rpcPath) return { status: 404, message: `WebSockets are served at ${rpcPath}.` }
  return refusal(options, (name) => {
    const value = request.headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  })
}

function refuse(socket: Duplex, { status, message }: { status: number; message: string }): void {
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n` +
      `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(message)}\r\n\r\n${message}`,
  )
}

/**
 * A client whose `send` waits until the message has left, so that streams go at its pace. A message
 * that cannot leave is no fault: the client has gone, and its `close` ends the streams.
 */
function paced(client: WebSocket): Pick<WebSocket, 'addEventListener' | 'send'> {
  const send = (data: Parameters<WebSocket['send']>[0]): Promise<void> =>
    new Promise((resolve) => client.send(data, () => resolve()))
  return { addEventListener: client.addEventListener.bind(client), send }
}

function keepAlive(client: WebSocket): void {
  let answered = true
  client.on('pong', () => {
    answered = true
  })
  client.on('error', () => client.terminate())
  const timer = setInterval(() => {
    if (!answered) return client.terminate()
    answered = false
    client.ping()
  }, heartbeatMs)
  client.on('close', () => clearInterval(timer))
}
