import { readFile, realpath } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { outFolder } from '../entry-path.ts'

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}

/** Absolute path of the built page. */
export function pagesFolder(): string {
  return join(outFolder(), 'renderer')
}

/**
 * Serves the built page from `folder`. An address without a file ending is a view of the page and
 * gets `index.html`; nothing outside `folder` is ever read.
 */
export function pagesHandler(folder: string): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return new Response('Only GET is answered here.', { status: 405 })
    }
    const path = pathOf(request)
    if (path === null) return new Response('Not a path.', { status: 400 })
    const file = extname(path) === '' ? 'index.html' : path
    const body = await readInside(folder, file)
    if (body) return page(body, file)
    if (file !== 'index.html') return new Response('No such file.', { status: 404 })
    return new Response("The page is not built. Run 'npm run build' and reload.", { status: 503 })
  }
}

/** The decoded path without its leading slash; null where it cannot be one. */
function pathOf(request: Request): string | null {
  try {
    const path = decodeURIComponent(new URL(request.url).pathname).replace(/^\/+/, '')
    return path.includes('\0') || path.includes('\\') ? null : path
  } catch {
    return null
  }
}

async function readInside(folder: string, file: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    const root = await realpath(folder)
    const path = await realpath(join(root, file))
    return path.startsWith(root + sep) ? new Uint8Array(await readFile(path)) : null
  } catch {
    return null
  }
}

function page(body: Uint8Array<ArrayBuffer>, file: string): Response {
  return new Response(body, {
    headers: {
      'content-type': types[extname(file).toLowerCase()] ?? 'application/octet-stream',
      // Built files carry a hash of their content in their name; the page itself does not.
      'cache-control': file.startsWith('assets/')
        ? 'public, max-age=31536000, immutable'
        : 'no-cache',
    },
  })
}
