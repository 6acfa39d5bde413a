import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import type { Workbench } from '../../workbench.ts'
import { pagesHandler } from '../pages.ts'
import { projectApp, type Gate } from './app.ts'
import type { Answers } from './base-path.ts'
import { Downloads } from './downloads.ts'
import { Roots } from './roots.ts'
import { serveRpc } from './rpc-socket.ts'
import { Uploads } from './uploads.ts'

/** What is answered at an address and below it. */
export interface Site extends Answers {
  /** Closes the sockets of a session that has ended. */
  endSession: (session: string) => void
  /** Closes all sockets. */
  close: () => void
}

export interface SiteOptions {
  gate: Gate
  /** Folder of the built page. */
  pages: string
  /** Folders that sessions may use beside the project's own; null: all. */
  roots: readonly string[] | null
}

/** Serves a project: page, pictures, files, and the contract over a WebSocket. */
export function projectSite(workbench: Workbench, { gate, pages, roots }: SiteOptions): Site {
  const { folder, cacheFolder, exportsFolder, store } = workbench.project
  const app = projectApp(gate, {
    pages: pagesHandler(pages, gate.base),
    media: workbench.media,
    uploads: new Uploads(join(cacheFolder, 'uploads')),
    downloads: new Downloads(exportsFolder, join(cacheFolder, 'downloads')),
  })
  const known = (): string[] => store.datasets.list().map((dataset) => dataset.folder)
  const rpc = serveRpc(workbench, {
    access: gate.access,
    roots: roots && new Roots([folder, ...roots], known),
  })
  return { answer: listenerOf(app), ...rpc }
}

/** Answers the requests of a Node server. */
export function listenerOf(app: {
  fetch: Parameters<typeof getRequestListener>[0]
}): Answers['answer'] {
  const listener = getRequestListener(app.fetch)
  return (request, response) => void listener(request, response)
}
