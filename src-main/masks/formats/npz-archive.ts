import type { FileHandle } from 'node:fs/promises'
import { ZipDamageError, ZipReader } from '../../base/files/zip-reader.ts'
import { WorkbenchError } from '../../base/workbench-error.ts'
import { EndsEarlyError, openInput, readAt } from '../../base/files/input-file.ts'
import { LONGEST_DIRECTORY } from './limits.ts'

/** The ZIP archive that an .npz is; what is wrong with it is said by its file's name. */
export class NpzArchive {
  private readonly file: string
  private readonly handle: FileHandle
  private readonly zip: ZipReader

  private constructor(file: string, handle: FileHandle, zip: ZipReader) {
    this.file = file
    this.handle = handle
    this.zip = zip
  }

  /** @throws WorkbenchError when the file cannot be read or is no whole archive */
  static async open(file: string): Promise<NpzArchive> {
    const handle = await openInput(file)
    try {
      const { size } = await handle.stat()
      const read = (position: number, length: number) => readAt(handle, position, length)
      return new NpzArchive(file, handle, await ZipReader.open({ size, read }, LONGEST_DIRECTORY))
    } catch (error) {
      await handle.close()
      if (!isDamage(error)) throw error
      throw new WorkbenchError(
        `${file} is not a complete NumPy archive (.npz). Export it again, or name its format.`,
      )
    }
  }

  has(name: string): boolean {
    return this.zip.entries.has(name)
  }

  /** Bytes of an entry, unpacked; 0 for one that is not there. */
  sizeOf(name: string): number {
    return this.zip.entries.get(name)?.size ?? 0
  }

  /**
   * @param most bytes that the entry may have, unpacked
   * @throws WorkbenchError when there is no such entry, it is larger, or it is damaged
   */
  async read(name: string, most: number): Promise<Buffer> {
    const entry = this.zip.entries.get(name)
    if (!entry) throw new WorkbenchError(`${this.file} has no ${name}. Export it again.`)
    if (entry.size > most) {
      throw new WorkbenchError(
        `${name} in ${this.file} has ${entry.size} bytes; up to ${most} are read. ` +
          'Split the file into several.',
      )
    }
    try {
      return await this.zip.read(entry, { checkSum: true })
    } catch (error) {
      if (!isDamage(error)) throw error
      throw new WorkbenchError(`${name} in ${this.file} is damaged. Export or copy the file again.`)
    }
  }

  async close(): Promise<void> {
    await this.handle.close()
  }
}

/** Is the file damaged, or shorter than it was when it was opened? */
function isDamage(error: unknown): boolean {
  return error instanceof ZipDamageError || error instanceof EndsEarlyError
}
