import { homedir } from 'node:os'
import { join } from 'node:path'
import { openWorkbench, type Workbench } from '../../workbench.ts'
import { openInBrowser } from './open-browser.ts'
import { isLoopback } from './origin.ts'
import { startWebHost, type WebHost, type WebHostOptions } from './server.ts'
import { readTls } from './tls.ts'
import { tokenOf } from './token.ts'

/** Where a project lies unless told otherwise. */
export const defaultProject = join(homedir(), 'fame-project')
/** Taken when it is free, so that an address once opened stays. */
const usualPort = 4180

export interface RunWebHostOptions {
  project?: string
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
 * Opens the project, serves it until SIGINT or SIGTERM, then closes it. Prints the address on
 * standard output.
 * @throws WorkbenchError and Error as `openWorkbench` and `startWebHost`.
 */
export async function runWebHost(options: RunWebHostOptions): Promise<void> {
  const { project = defaultProject, host = '127.0.0.1', json = false } = options
  const tls = await readTls(options.tlsCert, options.tlsKey)
  const token = options.tokenFile === undefined ? undefined : await tokenOf(options.tokenFile)
  const workbench = await openWorkbench({ project, host: 'web' })
  let removePage = async (): Promise<void> => undefined
  try {
    const stopped = stopSignal()
    const server = await listen({
      workbench,
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
    announce(server, workbench.project.folder, json)
    if (!isLoopback(host) && !tls) warnOfNetwork()
    if (options.open) removePage = await openInBrowser(server.url, workbench.project.folder)
    await stopped
    if (workbench.project.store.runs.withStatus('running').length > 0) {
      process.stderr.write(
        'The running run is writing a checkpoint. It continues at the next start.\n',
      )
    }
    await server.close()
  } finally {
    await removePage()
    await workbench.close()
  }
}

/** On the port asked for, else on the usual one, else on any that is free. */
async function listen(options: WebHostOptions & { workbench: Workbench }): Promise<WebHost> {
  if (options.port !== undefined) return startWebHost(options)
  try {
    return await startWebHost({ ...options, port: usualPort })
  } catch (error) {
    const cause = (error as Error).cause as NodeJS.ErrnoException | undefined
    if (cause?.code !== 'EADDRINUSE') throw error
    return startWebHost({ ...options, port: 0 })
  }
}

function warnOfNetwork(): void {
  process.stderr.write(
    'Others on the network can reach this address, and nothing sent over it is encrypted, neither the ' +
      'token nor the videos. Encrypt it with --tls-cert FILE --tls-key FILE, or leave out --host and ' +
      'use a tunnel: ssh -L 4180:127.0.0.1:4180 HOST.\n',
  )
}

function announce(server: WebHost, project: string, json: boolean): void {
  const line = json
    ? JSON.stringify({ url: server.url, port: server.port, project })
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
