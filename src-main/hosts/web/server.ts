import type { Server } from 'node:http'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { createAdaptorServer } from '@hono/node-server'
import type { Workbench } from '../../workbench.ts'
import { pagesFolder, pagesHandler } from '../pages.ts'
import { webApp } from './app.ts'
import { serveRpc } from './rpc-socket.ts'
import { openSession } from './session.ts'

export interface WebHostOptions {
  workbench: Workbench
  /** Address to listen on; loopback unless told otherwise. */
  host?: string
  /** 0 takes a free port. */
  port?: number
  /** Folder of the built page. */
  pages?: string
}

export interface WebHost {
  /** Address with the token, to be opened once. */
  url: string
  port: number
  close: () => Promise<void>
}

/**
 * Serves the workbench to browsers: page, pictures and the contract over a WebSocket.
 * @throws Error when the port is taken or may not be used.
 */
export async function startWebHost(options: WebHostOptions): Promise<WebHost> {
  const { workbench, host = '127.0.0.1', port = 0, pages = pagesFolder() } = options
  const session = await openSession(join(workbench.project.cacheFolder, 'web-token'))
  const app = webApp({
    session,
    listening: host,
    pages: pagesHandler(pages),
    media: workbench.media,
  })
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  const rpc = serveRpc(server, workbench, { session, listening: host })
  const bound = await listen(server, host, port)
  return {
    url: `http://${addressable(host)}:${bound}/?token=${session.token}`,
    port: bound,
    close: () => {
      rpc.close()
      return closeServer(server)
    },
  }
}

/** A name for the address listened on that a browser can open. */
function addressable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return hostname()
  return host.includes(':') ? `[${host}]` : host
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)))
    server.listen(port, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const remedies: Record<string, string> = {
    EADDRINUSE: `Port ${port} on ${host} is in use. Choose another with --port, or --port 0 for any free one.`,
    EACCES: `Port ${port} may not be opened by this user. Choose one above 1023 with --port.`,
    EADDRNOTAVAIL: `This machine has no address ${host}. Choose one of its own with --host.`,
  }
  return new Error(remedies[error.code ?? ''] ?? `Cannot listen: ${error.message}.`, {
    cause: error,
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
