import type { RequestListener, Server, ServerResponse } from 'node:http'
import { WorkbenchError } from '../../base/workbench-error.ts'
import type { Upgrade } from './rpc-socket.ts'

/** What a server does with requests, and with requests for a WebSocket. */
export interface Answers {
  answer: RequestListener
  upgrade: Upgrade
}

/**
 * A base path as it is used: empty, or with a slash before it and none behind.
 * @throws WorkbenchError for a path that is none
 */
export function checkedBasePath(given: string | undefined): string {
  const base = (given ?? '').replace(/\/+$/, '')
  if (base === '' || /^(\/(?!\.{1,2}(\/|$))[\w.~-]+)+$/.test(base)) return base
  throw new WorkbenchError(`--base-path is '${given}': expected a path such as /fame.`)
}

/**
 * Has a server answer below a base path, too. Paths without it stay as they are, since many proxies
 * take the base path away; the page finds by its own address which of them it is behind.
 */
export function serveBelow(server: Server, base: string, { answer, upgrade }: Answers): void {
  server.on('request', (request, response) => {
    const [path, search] = (request.url ?? '').split(/(?=\?)/)
    if (base !== '' && path === base) return redirect(response, `${base}/${search ?? ''}`)
    request.url = belowBase(request.url ?? '', base)
    answer(request, response)
  })
  server.on('upgrade', (request, socket, head) => {
    request.url = belowBase(request.url ?? '', base)
    // What fails here must not end the host, which serves others.
    upgrade(request, socket, head).catch(() => socket.destroy())
  })
}

export function redirect(response: ServerResponse, location: string): void {
  response.writeHead(308, { location }).end()
}

/** A path without its base path. */
export function belowBase(url: string, base: string): string {
  return base !== '' && url.startsWith(`${base}/`) ? url.slice(base.length) : url
}
