import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Workbench } from '../../workbench.ts'
import { pagesFolder } from '../pages.ts'
import { Access } from './access.ts'
import type { Gate } from './app.ts'
import { checkedBasePath, serveBelow } from './base-path.ts'
import { FailedLogins } from './failed-logins.ts'
import { TrustedProxies } from './proxies.ts'
import { Sessions } from './sessions.ts'
import { projectSite, type Site, type SiteOptions } from './site.ts'
import type { TlsFiles } from './tls.ts'
import { newToken } from './token.ts'

/** How a host is reached, and by whom. */
export interface ListenOptions {
  /** Address to listen on; loopback unless told otherwise. */
  host?: string
  /** 0 takes a free port. */
  port?: number
  /** Folder of the built page. */
  pages?: string
  /** Secret of the printed address; a new one when left out. */
  token?: string
  /** Folders that sessions may use for index, import and export; left out: all. */
  roots?: readonly string[]
  /** Further names that the server is reached by. */
  names?: readonly string[]
  /** Certificate and key in PEM; without them nothing is encrypted. */
  tls?: TlsFiles
  /** Path that a reverse proxy serves the workbench below, such as `/fame`. */
  basePath?: string
  /** Addresses and subnets of reverse proxies whose `X-Forwarded-*` are believed. */
  trustedProxies?: readonly string[]
  onLogIn?: () => void
}

export interface WebHostOptions extends ListenOptions {
  workbench: Workbench
}

export interface WebHost {
  /** Address with the token, for logging in. */
  url: string
  port: number
  close: () => Promise<void>
}

/**
 * Serves the workbench to browsers: page, pictures and the contract over a WebSocket.
 * @throws Error when the port is taken or may not be used, the certificate does not fit its key, or the
 * base path or a proxy's address is none.
 */
export function startWebHost({ workbench, ...options }: WebHostOptions): Promise<WebHost> {
  return serveSite(workbench.project.folder, options, (site) => projectSite(workbench, site))
}

/**
 * Listens, and answers with a site.
 * @param folder has the sessions of browsers in it
 * @throws Error as `startWebHost`
 */
export async function serveSite(
  folder: string,
  options: ListenOptions,
  makeSite: (options: SiteOptions) => Site,
): Promise<WebHost> {
  const { host = '127.0.0.1', port = 0, tls, token = newToken() } = options
  const access = new Access({
    sessions: new Sessions(join(folder, 'sessions')),
    listening: host,
    names: options.names ?? [],
    secure: tls !== undefined,
    proxies: new TrustedProxies(options.trustedProxies ?? []),
  })
  const gate: Gate = {
    access,
    token,
    failures: new FailedLogins((line) => process.stderr.write(`${line}\n`)),
    onLogIn: options.onLogIn,
    onLogOut: (session) => site.endSession(session),
    base: checkedBasePath(options.basePath),
  }
  const { pages = pagesFolder(), roots = null } = options
  const site = makeSite({ gate, pages, roots })
  const server = tls ? createTlsServer(tls) : createServer()
  serveBelow(server, gate.base, site)
  access.port = await listen(server, host, port)
  return {
    url: `${tls ? 'https' : 'http'}://${addressable(options)}:${access.port}${gate.base}/?token=${token}`,
    port: access.port,
    close: () => {
      site.close()
      return closeServer(server)
    },
  }
}

/** A name for the address listened on that a browser can open. */
function addressable({ host = '127.0.0.1', names = [] }: ListenOptions): string {
  if (host === '0.0.0.0' || host === '::') return names[0] ?? hostname()
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
    EACCES: `This user may not open port ${port}. Choose one above 1023 with --port.`,
    EADDRNOTAVAIL: `This machine has no address ${host}. Choose one of its addresses with --host.`,
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
