import { homedir } from 'node:os'
import { join } from 'node:path'
import { openWorkbench, type Workbench } from '../../workbench.ts'
import { isLoopback } from './origin.ts'
import { startWebHost, type WebHost } from './server.ts'

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
}

/**
 * Opens the project, serves it until SIGINT or SIGTERM, then closes it. Prints the address on
 * standard output.
 * @throws WorkbenchError and Error as `openWorkbench` and `startWebHost`.
 */
export async function runWebHost(options: RunWebHostOptions): Promise<void> {
  const { project = defaultProject, host = '127.0.0.1', port, json = false } = options
  const workbench = await openWorkbench({ project, host: 'web' })
  try {
    const stopped = stopSignal()
    const server = await listen(workbench, host, port)
    announce(server, workbench.project.folder, json)
    if (!isLoopback(host)) warnOfNetwork()
    await stopped
    if (workbench.project.store.runs.withStatus('running').length > 0) {
      process.stderr.write(
        'The run under way writes its checkpoint; it goes on at the next start.\n',
      )
    }
    await server.close()
  } finally {
    await workbench.close()
  }
}

/** On the port asked for, else on the usual one, else on any that is free. */
async function listen(workbench: Workbench, host: string, port?: number): Promise<WebHost> {
  if (port !== undefined) return startWebHost({ workbench, host, port })
  try {
    return await startWebHost({ workbench, host, port: usualPort })
  } catch (error) {
    const cause = (error as Error).cause as NodeJS.ErrnoException | undefined
    if (cause?.code !== 'EADDRINUSE') throw error
    return startWebHost({ workbench, host, port: 0 })
  }
}

function warnOfNetwork(): void {
  process.stderr.write(
    'Others on the network can reach this address, and what goes over it is not encrypted. ' +
      'A tunnel is safer: ssh -L 4180:127.0.0.1:4180 HOST, with the workbench on 127.0.0.1.\n',
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
