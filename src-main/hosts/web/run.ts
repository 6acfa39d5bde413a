import { homedir } from 'node:os'
import type { Workbench } from '../../workbench.ts'
import { openInBrowser } from './open-browser.ts'
import { isLoopback } from './origin.ts'
import { openServed, type Served, type ServedProjects } from './served.ts'
import { serveSite, type ListenOptions, type WebHost } from './server.ts'
import { readTls } from './tls.ts'
import { tokenOf } from './token.ts'

/** Taken when it is free, so that an address once opened stays. */
const usualPort = 4180

export interface RunWebHostOptions extends ServedProjects {
  host?: string
  port?: number
  /** Print one JSON line instead of a sentence. */
  json?: boolean
  /** Open the address in the desktop's browser. */
  open?: boolean
  /** File of a token that outlives the host. */
  tokenFile?: string
  tlsCert?: string
  tlsKey?: string
  /** Folders that the browser may use beside the project; left out: the user's home. */
  root?: string[]
  /** Further names that the server is reached by. */
  name?: string[]
  /** Path that a reverse proxy serves the workbench below. */
  basePath?: string
  /** Reverse proxies whose `X-Forwarded-*` are believed. */
  trustProxy?: string[]
}

/**
 * Opens the project or the projects, serves them until SIGINT or SIGTERM, then closes them. Prints the
 * address on standard output.
 * @throws WorkbenchError and Error as `openWorkbench` and `startWebHost`.
 */
export async function runWebHost(options: RunWebHostOptions): Promise<void> {
  const { host = '127.0.0.1', json = false } = options
  const tls = await readTls(options.tlsCert, options.tlsKey)
  const token = options.tokenFile === undefined ? undefined : await tokenOf(options.tokenFile)
  const served = await openServed(options)
  let removePage = async (): Promise<void> => undefined
  try {
    const stopped = stopSignal()
    const server = await listen(served, {
      host,
      port: options.port,
      token,
      tls,
      roots: options.root ?? [homedir()],
      names: options.name,
      basePath: options.basePath,
      trustedProxies: options.trustProxy,
      onLogIn: () => void removePage(),
    })
    announce(server, served, json)
    if (!isLoopback(host) && !tls) warnOfNetwork()
    if (options.open) removePage = await openInBrowser(server.url, served.folder)
    await stopped
    if (served.workbenches().some(isTraining)) {
      process.stderr.write(
        'The running run is writing a checkpoint. It continues at the next start.\n',
      )
    }
    await server.close()
  } finally {
    await removePage()
    await served.close()
  }
}

function isTraining({ project }: Workbench): boolean {
  return project.store.runs.withStatus('running').length > 0
}

/** On the port asked for, else on the usual one, else on any that is free. */
async function listen(served: Served, options: ListenOptions): Promise<WebHost> {
  const start = (port: number): Promise<WebHost> =>
    serveSite(served.folder, { ...options, port }, served.makeSite)
  if (options.port !== undefined) return start(options.port)
  try {
    return await start(usualPort)
  } catch (error) {
    const cause = (error as Error).cause as NodeJS.ErrnoException | undefined
    if (cause?.code !== 'EADDRINUSE') throw error
    return start(0)
  }
}

function warnOfNetwork(): void {
  process.stderr.write(
    'Others on the network can reach this address, and nothing sent over it is encrypted, neither the ' +
      'token nor the videos. Encrypt it with --tls-cert FILE --tls-key FILE, or leave out --host and ' +
      'use a tunnel: ssh -L 4180:127.0.0.1:4180 HOST.\n',
  )
}

function announce(server: WebHost, { about }: Served, json: boolean): void {
  const line = json
    ? JSON.stringify({ url: server.url, port: server.port, ...about })
    : `FAME Workbench: ${server.url}`
  process.stdout.write(`${line}\n`)
}

/** Fulfilled by the first signal to stop; a second one ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1))
        resolve()
      })
    }
  })
}
