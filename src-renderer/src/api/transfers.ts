import {
  exportsPath,
  MOST_UPLOAD_BYTES,
  uploadedSchema,
  uploadsPath,
} from '#shared/contract/transfers.ts'
import { appScheme } from '#shared/contract/transport.ts'
import { atHost } from './base-path.ts'
import { formatBytes } from '../lib/format.ts'

/** Whether the page may be on another machine than the workbench: Electron's window never is. */
export function canTransfer(page: Pick<Location, 'protocol'> = window.location): boolean {
  return page.protocol !== `${appScheme}:`
}

/** Where an export of the project's exports folder can be downloaded; null for one elsewhere. */
export function downloadAddress(out: string): string | null {
  return /[/\\]/.test(out) ? null : atHost(`${exportsPath}/${encodeURIComponent(out)}`)
}

export interface UploadOptions {
  signal: AbortSignal
  onProgress: (done: number, total: number) => void
}

/**
 * Copies files to the workbench's machine, one after the other.
 * @param files one, or those of a folder of masks with its `manifest.json`
 * @returns the path there of the one that is to be imported
 * @throws Error when they are too large, the folder has no manifest, or the upload fails
 */
export async function upload(files: readonly File[], options: UploadOptions): Promise<string> {
  const total = files.reduce((sum, { size }) => sum + size, 0)
  if (total > MOST_UPLOAD_BYTES) {
    throw new Error(
      `${formatBytes(total)} is too much to upload. The limit is ${formatBytes(MOST_UPLOAD_BYTES)}. ` +
        'Copy the files to the machine that runs the workbench and enter their path.',
    )
  }
  const main = mainOf(files)
  const id = newId()
  let place = ''
  let done = 0
  for (const file of files) {
    const path = pathOf(file).split('/').map(encodeURIComponent).join('/')
    const stored = await put(
      atHost(`${uploadsPath}/${id}/${path}`),
      file,
      options.signal,
      (bytes) => options.onProgress(done + bytes, total),
    )
    if (file === main) place = stored
    done += file.size
  }
  return place
}

/** The file that is imported. @throws Error when a folder has no manifest */
function mainOf(files: readonly File[]): File {
  if (files.length === 1) return files[0]
  const manifest = files.find((file) => /^[^/]*\/manifest\.json$/.test(pathOf(file)))
  if (manifest) return manifest
  throw new Error('The folder has no manifest.json. Choose a folder of exported masks.')
}

function pathOf(file: File): string {
  return file.webkitRelativePath || file.name
}

/** `crypto.randomUUID` is for pages over TLS alone. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** `fetch` does not say how much of a body has been sent. */
function put(
  address: string,
  file: File,
  signal: AbortSignal,
  onProgress: (bytes: number) => void,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const request = new XMLHttpRequest()
  const stop = () => request.abort()
  request.upload.onprogress = ({ loaded }) => onProgress(Math.min(loaded, file.size))
  request.onload = () => {
    if (request.status !== 200) return reject(new Error(request.responseText))
    resolve(uploadedSchema.parse(JSON.parse(request.responseText)).file)
  }
  request.onerror = () => reject(new Error('The workbench does not answer. Upload the file again.'))
  request.onabort = () => reject(new Error('The upload was cancelled.'))
  signal.addEventListener('abort', stop, { once: true })
  request.open('PUT', address)
  request.send(file)
  return promise.finally(() => signal.removeEventListener('abort', stop))
}
