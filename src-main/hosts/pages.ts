import { readFile, realpath } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { outFolder } from '../base/processes/entry-path.ts'

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

/** Endings of the copies that the build compresses, best first, by their names in HTTP. */
const encodings = [
  { name: 'br', ending: '.br' },
  { name: 'gzip', ending: '.gz' },
] as const

/** Absolute path of the built page. */
export function pagesFolder(): string {
  return join(outFolder(), 'renderer')
}

/**
 * Serves the built page from `folder`, compressed where the build has left a copy that the client
 * takes. An address without a file ending is a view of the page, which has its address behind `#`;
 * nothing outside `folder` is ever read.
 * @param base path that the page is served below
 */
export function pagesHandler(folder: string, base = ''): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return new Response('Only GET requests are answered here.', { status: 405 })
    }
    const path = pathOf(request)
    if (path === null) return new Response('This is not a valid path.', { status: 400 })
    if (path !== '' && extname(path) === '') return toView(request, base)
    const file = path === '' ? 'index.html' : path
    const found = await read(folder, file, request.headers.get('accept-encoding') ?? '')
    if (found) return page(found, file)
    if (file !== 'index.html') return new Response('There is no such file.', { status: 404 })
    return new Response("The page is not built. Run 'npm run build' and reload.", { status: 503 })
  }
}

/** `/runs/1` as somebody may have typed it becomes `/#/runs/1`. */
function toView(request: Request, base: string): Response {
  const { pathname, search } = new URL(request.url)
  const location = `${base}/#/${pathname.replace(/^\/+/, '')}${search}`
  return new Response(null, { status: 302, headers: { location, 'cache-control': 'no-store' } })
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

interface Found {
  body: Uint8Array<ArrayBuffer>
  encoding: string | null
}

async function read(folder: string, file: string, accepted: string): Promise<Found | null> {
  for (const { name, ending } of encodings) {
    if (!accepts(accepted, name)) continue
    const body = await readInside(folder, file + ending)
    if (body) return { body, encoding: name }
  }
  const body = await readInside(folder, file)
  return body && { body, encoding: null }
}

/** Whether an `Accept-Encoding` header has an encoding and does not rule it out. */
function accepts(header: string, name: string): boolean {
  return header.split(',').some((part) => {
    const [encoding, ...parameters] = part
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/)
    return encoding === name && !parameters.some((each) => /^q=0(\.0*)?$/.test(each))
  })
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

function page({ body, encoding }: Found, file: string): Response {
  return new Response(body, {
    headers: {
      'content-type': types[extname(file).toLowerCase()] ?? 'application/octet-stream',
      ...(encoding ? { 'content-encoding': encoding } : {}),
      vary: 'accept-encoding',
      // Built files carry a hash of their content in their name; the page itself does not.
      'cache-control': file.startsWith('assets/')
        ? 'public, max-age=31536000, immutable'
        : 'no-cache',
    },
  })
}
