import { constants, type Stats } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'
import { WorkbenchError } from '../workbench-error.ts'

/** The file ended before the place that was asked for. */
export class EndsEarlyError extends Error {
  override name = 'EndsEarlyError'
}

/**
 * Opens a regular file for reading. Pipes, devices and folders are refused before they are opened,
 * since a read from them may never end.
 * @throws WorkbenchError when it is no regular file or cannot be read
 */
export async function openInput(file: string): Promise<FileHandle> {
  checkRegular(file, await statOf(file))
  // Should a pipe take the file's place meanwhile, opening it must not wait for a writer.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)
  const handle = await open(file, flags).catch((error: unknown) => {
    const { message } = error as Error
    throw new WorkbenchError(`${file} cannot be read (${message}). Check its permissions.`)
  })
  try {
    checkRegular(file, await handle.stat())
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** @throws WorkbenchError when there is neither a regular file nor a folder */
export async function checkInput(file: string): Promise<void> {
  const stats = await statOf(file)
  if (!stats.isDirectory()) checkRegular(file, stats)
}

/** @throws WorkbenchError when there is no such file or folder */
export async function statOf(file: string): Promise<Stats> {
  return await stat(file).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException
    throw new WorkbenchError(`${file} cannot be read (${code}). Check its name.`)
  })
}

/**
 * Reads exactly `length` bytes; the caller has checked how many it may ask for.
 * @throws EndsEarlyError when the file has fewer
 */
export async function readAt(
  handle: FileHandle,
  position: number,
  length: number,
): Promise<Buffer> {
  const { size } = await handle.stat()
  if (!(position >= 0 && length >= 0 && position + length <= size)) throw new EndsEarlyError()
  const buffer = Buffer.allocUnsafe(length)
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(buffer, done, length - done, position + done)
    // The file has been cut meanwhile; the rest of the buffer is other people's memory.
    if (bytesRead === 0) throw new EndsEarlyError()
    done += bytesRead
  }
  return buffer
}

function checkRegular(file: string, stats: Stats): void {
  if (stats.isFile()) return
  if (stats.isDirectory()) {
    throw new WorkbenchError(`${file} is a folder. Choose a file, or the format of a folder.`)
  }
  throw new WorkbenchError(`${file} is a device, pipe or socket. Choose a regular file.`)
}
