import { once } from 'node:events'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import { WebSocket } from 'ws'
import type { Contract } from '#shared/contract/contract.ts'
import { packedSerializers } from '#shared/contract/packed.ts'
import { rpcPath } from '#shared/contract/transport.ts'

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

/** One request with exactly these headers: `fetch` would not let `Host` be chosen. */
export function get(
  port: number,
  path: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return send('GET', port, path, headers)
}

/** As `get`, with POST and no body. */
export function post(
  port: number,
  path: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return send('POST', port, path, headers)
}

/** Trades the token of a printed address for the cookie, as a browser does. */
export async function signIn(url: string): Promise<string> {
  const { port, search } = new URL(url)
  const { headers } = await get(Number(port), `/${search}`)
  return headers['set-cookie']![0].split(';')[0]
}

/** The status a WebSocket upgrade is answered with; 101 when it is accepted. */
export function upgradeStatus(
  port: number,
  headers: Record<string, string>,
  path: string = rpcPath,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
    socket.on('open', () => {
      socket.close()
      resolve(101)
    })
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
    socket.on('error', reject)
  })
}

function send(
  method: string,
  port: number,
  path: string,
  headers: Record<string, string>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // A connection of its own: one that is kept would be dead after a restart of the host.
    const options = { host: '127.0.0.1', method, port, path, headers, agent: false }
    const request = httpRequest(options, async (response) => {
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk as Buffer)
      const body = Buffer.concat(chunks).toString()
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body })
    })
    request.on('error', reject)
    request.end()
  })
}

export interface RpcClient {
  client: ContractRouterClient<Contract>
  socket: WebSocket
}

/** A client of the contract over a real WebSocket. */
export async function connect(
  port: number,
  cookie: string,
  path: string = rpcPath,
): Promise<RpcClient> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { cookie } })
  await once(socket, 'open')
  return {
    client: createORPCClient(
      new RPCLink({ websocket: socket, customJsonSerializers: packedSerializers() }),
    ),
    socket,
  }
}
