import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import { packedSerializers } from '#shared/contract/packed.ts'
import { appScheme, portReply, portRequest, rpcPath } from '#shared/contract/transport.ts'
import { basePathOf } from './base-path.ts'
import type { Channel, OpenChannel } from './connection.ts'

/** Where this page was loaded from. */
export type Page = Pick<Location, 'protocol' | 'href' | 'pathname'>

/** The way to the host that fits where this page was loaded from. */
export function openChannelFor(page: Page): OpenChannel {
  return page.protocol === `${appScheme}:` ? openPort : () => openSocket(page)
}

async function openSocket(page: Page): Promise<Channel> {
  const url = new URL(basePathOf(page) + rpcPath, page.href)
  url.protocol = page.protocol === 'https:' ? 'wss:' : 'ws:'
  const websocket = new WebSocket(url)
  // Listening before the link does: the connection must know of a loss before its calls fail.
  const closed = new Promise<void>((resolve) => {
    websocket.addEventListener('close', () => resolve(), { once: true })
  })
  const opened = new Promise<true>((resolve) => {
    websocket.addEventListener('open', () => resolve(true), { once: true })
  })
  if (await Promise.race([opened, closed.then(() => false)])) {
    return {
      link: new SocketLink({ websocket, customJsonSerializers: packedSerializers() }),
      closed,
    }
  }
  throw new Error(await whyRefused(page))
}

async function whyRefused(page: Page): Promise<string> {
  const status = await fetch(new URL(page.pathname, page.href), {
    method: 'HEAD',
    cache: 'no-store',
  }).then(
    (response) => response.status,
    () => 0,
  )
  return status === 401 || status === 403
    ? 'This browser is no longer logged in. Open the address that the workbench printed when it started.'
    : 'Can’t reach the workbench. Is it still running?'
}

function openPort(): Promise<Channel> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      window.removeEventListener('message', receive)
      reject(new Error('The window has no connection to the workbench. Reload the window.'))
    }, 5_000)
    const receive = (event: MessageEvent) => {
      const [port] = event.ports
      if (event.source !== window || event.data !== portReply || !port) return
      clearTimeout(timer)
      window.removeEventListener('message', receive)
      const closed = new Promise<void>((gone) => {
        port.addEventListener('close', () => gone(), { once: true })
      })
      port.start()
      resolve({ link: new PortLink({ port, customJsonSerializers: packedSerializers() }), closed })
    }
    window.addEventListener('message', receive)
    window.postMessage(portRequest, window.location.origin)
  })
}
