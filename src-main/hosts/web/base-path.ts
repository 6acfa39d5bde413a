import type { RequestListener, Server } from 'node:http'
import { WorkbenchError } from '../../base/workbench-error.ts'

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
 * Serves a server's paths below a base path, too. Paths without it stay as they are, since many proxies
 * take the base path away; the page finds by its own address which of them it is behind.
 */
export function serveBelow(server: Server, base: string): void {
  if (base === '') return
  const [answer] = server.listeners('request') as RequestListener[]
  server.removeAllListeners('request')
  server.on('request', (request, response) => {
    const [path, search] = (request.url ?? '').split(/(?=\?)/)
    if (path === base) {
      response.writeHead(308, { location: `${base}/${search ?? ''}` }).end()
      return
    }
    request.url = belowBase(request.url ?? '', base)
    answer(request, response)
  })
}

/** A path without its base path. */
export function belowBase(url: string, base: string): string {
  return base !== '' && url.startsWith(`${base}/`) ? url.slice(base.length) : url
}
