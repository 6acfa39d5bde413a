import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { MOST_UPLOAD_BYTES, uploadsPath } from '#shared/contract/transfers.ts'
import { PartFile } from '../../base/files/atomic-write.ts'
import { segmentsOf } from './segments.ts'

/** Milliseconds after which an upload is removed, when the next one begins. */
const KEPT_FOR = 24 * 60 * 60 * 1000
/** Bytes that a file counts for at the least, so that empty files end as well. */
const LEAST_BYTES = 4096

class Refused extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** What a file's own name, or the disk, is to blame for. */
function explained({ code, message }: NodeJS.ErrnoException): Refused {
  switch (code) {
    case 'ENAMETOOLONG':
      return new Refused(
        400,
        "A name in the upload is too long for the workbench's disk (usually 255 bytes). " +
          'Rename the file or its folder, and upload it again.',
      )
    case 'EEXIST':
    case 'ENOTDIR':
    case 'EISDIR':
    case 'ENOTEMPTY':
      return new Refused(
        409,
        'The upload has a file and a folder of the same name. Rename one of them, and upload it again.',
      )
    case 'ENOSPC':
    case 'EDQUOT':
      return new Refused(507, "The project's disk is full. Free space there, and upload it again.")
    default:
      return new Refused(500, `The upload failed (${message}). Upload it again.`)
  }
}

/** Takes files of a browser into folders of their own, which are removed after a day. */
export class Uploads {
  private readonly folder: string
  private readonly most: number
  /** Bytes of each upload so far. */
  private readonly bytes = new Map<string, number>()

  /** @param most bytes of one upload */
  constructor(folder: string, most: number = MOST_UPLOAD_BYTES) {
    this.folder = folder
    this.most = most
  }

  /** Answers a PUT under `uploadsPath`. */
  async receive(request: Request): Promise<Response> {
    try {
      return Response.json({ file: await this.store(request) })
    } catch (error) {
      if (error instanceof Refused) return new Response(error.message, { status: error.status })
      const { status, message } = explained(error as NodeJS.ErrnoException)
      return new Response(message, { status })
    }
  }

  private async store(request: Request): Promise<string> {
    const segments = segmentsOf(new URL(request.url).pathname, uploadsPath)
    const [id, ...path] = segments ?? []
    if (!segments || path.length === 0 || !/^[0-9a-f]{16,64}$/.test(id)) {
      throw new Refused(400, 'The address of an upload must be <id>/<path>. Reload the page.')
    }
    this.count(id, Number(request.headers.get('content-length') ?? 0), false)
    await this.begin(id)
    const file = join(this.folder, id, ...path)
    await mkdir(dirname(file), { recursive: true })
    await this.write(id, file, request.body)
    return file
  }

  /** Removes what is old before an upload's first file. */
  private async begin(id: string): Promise<void> {
    if (this.bytes.has(id)) return
    this.bytes.set(id, 0)
    for (const name of await readdir(this.folder).catch(() => [])) {
      const upload = join(this.folder, name)
      const found = await stat(upload).catch(() => null)
      if (!found || Date.now() - found.mtimeMs < KEPT_FOR) continue
      await rm(upload, { recursive: true, force: true })
      this.bytes.delete(name)
    }
  }

  private async write(id: string, file: string, body: Request['body']): Promise<void> {
    // The longest name that a disk takes leaves no room for an ending.
    const part = new PartFile(file, join(dirname(file), `.${randomUUID()}`))
    const handle = await open(part.path, 'wx')
    try {
      let size = 0
      for await (const piece of (body ?? []) as AsyncIterable<Uint8Array>) {
        this.count(id, piece.length, true)
        size += piece.length
        await handle.appendFile(piece)
      }
      this.count(id, Math.max(0, LEAST_BYTES - size), true)
      await handle.close()
      // The browser's machine has the file as well.
      await part.keep('none')
    } catch (error) {
      await handle.close()
      await part.drop()
      throw error
    }
  }

  /** @throws Refused when the upload would be too large */
  private count(id: string, bytes: number, isTaken: boolean): void {
    const sum = (this.bytes.get(id) ?? 0) + bytes
    if (sum > this.most) {
      const limit = Math.round(this.most / 2 ** 20)
      throw new Refused(
        413,
        `The upload has more than ${limit} MB. Copy the files to the machine that runs the workbench and enter their path.`,
      )
    }
    if (isTaken) this.bytes.set(id, sum)
  }
}
