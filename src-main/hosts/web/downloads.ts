import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, realpath, rm, stat } from 'node:fs/promises'
import { basename, join, relative, sep } from 'node:path'
import { Readable } from 'node:stream'
import { exportsPath } from '#shared/contract/transfers.ts'
import { ZipWriter } from '../../base/files/zip-writer.ts'
import { segmentsOf } from './segments.ts'

/** Sends files of the project's exports folder to a browser; a folder goes as a ZIP archive. */
export class Downloads {
  private readonly exports: string
  private readonly cache: string

  /** @param cache folder for archives while they are sent */
  constructor(exports: string, cache: string) {
    this.exports = exports
    this.cache = cache
  }

  /**
   * Answers a GET under `exportsPath`. A HEAD is refused: its answer has no body, so nobody would
   * close the file, and a folder would be packed only to be thrown away.
   */
  async send(request: Request): Promise<Response> {
    if (request.method !== 'GET') {
      return new Response('Only GET requests are answered here.', {
        status: 405,
        headers: { allow: 'GET' },
      })
    }
    const path = await this.find(new URL(request.url).pathname)
    if (path === null) {
      return new Response('There is no such export. Export it again.', { status: 404 })
    }
    const isFolder = (await stat(path)).isDirectory()
    return isFolder ? await this.sendFolder(path, request.signal) : await sendFile(path, path)
  }

  /** The file or folder meant; null where there is none in the exports folder. */
  private async find(pathname: string): Promise<string | null> {
    const segments = segmentsOf(pathname, exportsPath)
    if (!segments) return null
    const folder = await realpath(this.exports).catch(() => null)
    const path = await realpath(join(this.exports, ...segments)).catch(() => null)
    // A link may lead anywhere.
    if (folder === null || !path?.startsWith(folder + sep)) return null
    const found = await stat(path)
    return found.isFile() || found.isDirectory() ? path : null
  }

  private async sendFolder(folder: string, signal: AbortSignal): Promise<Response> {
    await mkdir(this.cache, { recursive: true })
    const archive = join(this.cache, `${randomUUID()}.zip`)
    try {
      await pack(folder, archive, signal)
      return await sendFile(archive, `${folder}.zip`)
    } finally {
      // What is being sent stays readable until it is closed.
      await rm(archive, { force: true })
    }
  }
}

/** Writes the files of a folder to an archive, with the folder's name before theirs. */
async function pack(folder: string, archive: string, signal: AbortSignal): Promise<void> {
  const zip = await ZipWriter.create(archive)
  try {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      signal.throwIfAborted()
      if (!entry.isFile()) continue
      const file = join(entry.parentPath, entry.name)
      const name = [basename(folder), ...relative(folder, file).split(sep)].join('/')
      await zip.addFile(name, file, signal)
    }
  } catch (error) {
    await zip.abort()
    throw error
  }
  await zip.end()
}

async function sendFile(file: string, name: string): Promise<Response> {
  const handle = await open(file, 'r')
  const { size } = await handle.stat()
  const headers = {
    'content-type': 'application/octet-stream',
    'content-length': String(size),
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(basename(name))}`,
    'cache-control': 'no-store',
  }
  return new Response(Readable.toWeb(handle.createReadStream()) as ReadableStream, { headers })
}
