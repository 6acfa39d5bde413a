import { open, type FileHandle } from 'node:fs/promises'

/** Characters gathered before they are written. */
const PIECE = 65_536

/** A text file that grows piece by piece. */
export class TextFile {
  private readonly handle: FileHandle
  private text = ''

  private constructor(handle: FileHandle) {
    this.handle = handle
  }

  /** @param file one that does not exist yet */
  static async create(file: string): Promise<TextFile> {
    return new TextFile(await open(file, 'wx+'))
  }

  async write(text: string): Promise<void> {
    this.text += text
    if (this.text.length >= PIECE) await this.flush()
  }

  /** Adds what another file holds, which is closed then. */
  async take(other: TextFile): Promise<void> {
    await this.flush()
    await other.flush()
    const buffer = Buffer.allocUnsafe(PIECE)
    for (let at = 0; ;) {
      const { bytesRead } = await other.handle.read(buffer, 0, PIECE, at)
      if (bytesRead === 0) break
      await this.handle.appendFile(buffer.subarray(0, bytesRead))
      at += bytesRead
    }
    await other.close()
  }

  /** Brings everything to disk and closes the file. */
  async end(): Promise<void> {
    await this.flush()
    await this.handle.sync()
    await this.close()
  }

  /** Closes the file as it is; more than once does no harm. */
  async close(): Promise<void> {
    await this.handle.close()
  }

  private async flush(): Promise<void> {
    const { text } = this
    this.text = ''
    if (text !== '') await this.handle.appendFile(text)
  }
}
