import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { RPCHandler, type MinimalWebsocket } from '@orpc/server/websocket'
import { WebSocketServer, type WebSocket } from 'ws'
import { rpcPath } from '#shared/contract/transport.ts'
import { hostSerializers } from '../host-serializers.ts'
import { createRouter } from '../../router/index.ts'
import type { Workbench } from '../../workbench.ts'
import type { Access, ReadHeader } from './access.ts'
import { keepAlive } from './heartbeat.ts'
import { Incoming } from './incoming.ts'
import type { Roots } from './roots.ts'
import { CallLimits } from './socket-limits.ts'

/** Connections at a time; a page has one. */
const mostSockets = 64
/** How long a client may take to say goodbye when the host stops. */
const goodbyeMs = 500
/** Close code of a socket whose session has ended: the page asks why it is refused. */
const sessionEnded = 4401
/**
 * Bytes. The largest requests are the run lengths of a ragged mask and a decision on a hundred thousand
 * clips, below 10 MB; pictures never travel this way.
 */
const largestMessage = 16 << 20

/** Answers a request for a WebSocket. */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>

export interface RpcSockets {
  upgrade: Upgrade
  /** Closes the sockets of a session that has ended. */
  endSession: (session: string) => void
  close: () => void
}

/**
 * Serves the contract over WebSockets at `rpcPath`. A client that has gone quietly, or whose session
 * has ended, is found by a heartbeat, so that its streams end.
 */
export function serveRpc(
  workbench: Workbench,
  { access, roots }: { access: Access; roots: Roots | null },
): RpcSockets {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: largestMessage })
  const sessions = new Map<WebSocket, string>()
  const handler = new RPCHandler(createRouter(workbench), {
    customJsonSerializers: hostSerializers,
  })
  const allowPath = roots ? (path: string) => roots.allow(path) : undefined
  const upgrade: Upgrade = async (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    const checked = await checkUpgrade(request, access)
    if ('status' in checked) return refuse(socket, checked)
    if (socket.destroyed) return
    if (sockets.clients.size >= mostSockets) return refuse(socket, tooManySockets)
    sockets.handleUpgrade(request, socket, head, (client) => {
      sessions.set(client, checked.session)
      client.on('close', () => sessions.delete(client))
      keepAlive(client, socket, {
        goesOn: () => access.sessions.goesOn(checked.session),
        end: () => closeEnded(client),
      })
      const context = { allowPath, limits: new CallLimits() }
      const peer = paced(client)
      new Incoming(
        client,
        (data) => handler.message(peer, data, { context }),
        (reason) => refuseMessage(client, reason),
      )
      client.on('close', () => handler.close(peer))
    })
  }
  return {
    upgrade,
    endSession: (session) => {
      for (const [client, own] of sessions) if (own === session) closeEnded(client)
    },
    close: () => {
      for (const client of sockets.clients) {
        client.close(1001, 'The workbench is stopping.')
        setTimeout(() => client.terminate(), goodbyeMs)
      }
      sockets.close()
    },
  }
}

const tooManySockets = {
  status: 503,
  message: `The workbench already has ${mostSockets} connections, which is the limit. Close some pages.`,
}

async function checkUpgrade(
  request: IncomingMessage,
  access: Access,
): Promise<{ session: string } | { status: number; message: string }> {
  const path = (request.url ?? '').split('?')[0]
  if (path !== rpcPath) return { status: 404, message: `WebSockets are served at ${rpcPath}.` }
  return accessOf(request, access)
}

/** The session of a request for a WebSocket, or why it is refused. */
export function accessOf(request: IncomingMessage, access: Access): ReturnType<Access['check']> {
  const header: ReadHeader = (name) => {
    const value = request.headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }
  return access.check(access.seen(header, request.socket.remoteAddress))
}

/** Ends a request for a WebSocket with the reason. */
export function refuse(
  socket: Duplex,
  { status, message }: { status: number; message: string },
): void {
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n` +
      `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(message)}\r\n\r\n${message}`,
  )
}

/**
 * What oRPC sees of a client. `send` waits until the message has left, so that streams go at its
 * pace. A message that cannot leave is no fault: the client has gone, and its `close` ends the
 * streams.
 */
function paced(client: WebSocket): MinimalWebsocket {
  const send = (data: Parameters<WebSocket['send']>[0]): Promise<void> =>
    new Promise((resolve) => client.send(data, () => resolve()))
  // Messages are handed to oRPC one by one, so it adds no listener.
  return { addEventListener: () => undefined, send }
}

/** A page sends nothing but calls, so what follows makes no more sense. */
function refuseMessage(client: WebSocket, reason: string): void {
  const fact = `A browser sent a message that cannot be answered (${reason})`
  process.stderr.write(`${fact}; its connection was closed.\n`)
  client.close(1008, 'This message is not a call.')
}

function closeEnded(client: WebSocket): void {
  client.close(sessionEnded, 'The session has ended.')
  setTimeout(() => client.terminate(), goodbyeMs)
}
