import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createORPCClient } from '@orpc/client'
import { os, type RouterClient } from '@orpc/server'
import { RPCHandler } from '@orpc/server/ws'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { rpcPath } from '#shared/contract/transport.ts'
import { openChannelFor } from '../../../src-renderer/src/api/channels.ts'
import { backoff, Connection } from '../../../src-renderer/src/api/connection.ts'
import { follow } from '../../../src-renderer/src/api/follow.ts'

const router = {
  greet: os.handler(() => 'hello'),
  refuse: os.handler(async function* () {
    yield 1
    throw new Error('No more.')
  }),
  count: os.handler(async function* ({ signal }) {
    for (let n = 1; !signal?.aborted; n++) {
      yield n
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }),
}
const closers: (() => void)[] = []
afterEach(() => closers.splice(0).forEach((close) => close()))

/** A host over a real WebSocket; port 0 is any free one. */
async function host(port = 0): Promise<{ port: number; stop: () => Promise<void> }> {
  const server: Server = createServer((_request, response) => response.writeHead(401).end())
  const sockets = new WebSocketServer({ server, path: rpcPath })
  const handler = new RPCHandler(router)
  sockets.on('connection', (socket) => void handler.upgrade(socket, { context: {} }))
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const stop = async () => {
    for (const socket of sockets.clients) socket.terminate()
    sockets.close()
    await new Promise((resolve) => server.close(resolve))
  }
  closers.push(() => void stop())
  return { port: (server.address() as AddressInfo).port, stop }
}

function connect(port: number) {
  const connection = new Connection(openChannelFor(new URL(`http://127.0.0.1:${port}/`)))
  void connection.run()
  const client: RouterClient<typeof router> = createORPCClient(connection)
  return { connection, client }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10))
}

describe('Connection', () => {
  it('lets a call wait for the first channel', async () => {
    const { port } = await host()
    const { client } = connect(port)
    expect(await client.greet()).toBe('hello')
  })

  it('says why there is none and connects once the host is back', async () => {
    const first = await host()
    const { connection, client } = connect(first.port)
    await client.greet()
    await first.stop()
    await until(() => connection.state.value.phase === 'waiting')
    const call = client.greet()
    await host(first.port)
    connection.retryNow()
    expect(await call).toBe('hello')
    expect(connection.state.value.phase).toBe('open')
    expect(connection.epoch).toBe(2)
  })

  it('gives up a waiting call when it is aborted', async () => {
    const connection = new Connection(() => new Promise(() => {}))
    const controller = new AbortController()
    const call = connection.ready(controller.signal)
    controller.abort(new Error('not wanted any more'))
    await expect(call).rejects.toThrow('not wanted any more')
  })

  it('waits longer from attempt to attempt, up to a bound', () => {
    expect([1, 2, 3, 4, 5, 9].map(backoff)).toEqual([500, 1000, 2000, 4000, 8000, 8000])
  })
})

describe('follow', () => {
  it('subscribes again after a lost connection and says that it starts over', async () => {
    const first = await host()
    const { connection, client } = connect(first.port)
    const controller = new AbortController()
    const seen: (number | 'again')[] = []
    const end = follow({
      connection,
      signal: controller.signal,
      subscribe: (signal) => client.count(undefined, { signal }),
      onEvent: (n) => seen.push(n),
      onRestart: () => seen.push('again'),
    })
    await until(() => seen.length >= 3)
    await first.stop()
    await until(() => seen.includes('again'))
    await host(first.port)
    connection.retryNow()
    await until(() => seen.length > seen.indexOf('again') + 2)
    controller.abort()
    await end
    expect(seen.slice(0, 3)).toEqual([1, 2, 3])
    expect(seen[seen.indexOf('again') + 1]).toBe(1)
  })

  it('passes on an error of the stream itself', async () => {
    const { port } = await host()
    const { connection, client } = connect(port)
    const seen: number[] = []
    const end = follow({
      connection,
      signal: new AbortController().signal,
      subscribe: () => client.refuse(),
      onEvent: (n) => seen.push(n),
    })
    await expect(end).rejects.toThrow()
    expect(seen).toEqual([1])
  })
})
