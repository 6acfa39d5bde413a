import { mkdir, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { PartFile, type Flush } from './atomic-write.ts'
import { WorkbenchError } from '../workbench-error.ts'

/**
 * A file or a folder that is there whole or not at all: it is made as `part`, beside its place, and
 * gets its own name when it is complete.
 */
export class StagedOutput {
  readonly part: string
  private readonly out: string
  private isKept = false

  private constructor(out: string) {
    this.out = out
    this.part = `${out}.${process.pid}.part`
  }

  /**
   * @param out absolute; the folders above are made
   * @throws WorkbenchError when it is there already
   */
  static async begin(out: string): Promise<StagedOutput> {
    if (await stat(out).catch(() => null)) {
      throw new WorkbenchError(`${out} already exists. Choose another name, or move it away.`)
    }
    const staged = new StagedOutput(out)
    await mkdir(dirname(out), { recursive: true })
    await rm(staged.part, { recursive: true, force: true })
    return staged
  }

  /**
   * Gives the complete output its name.
   * @param flush a folder's content is flushed by who writes it: `name` or `none`
   */
  async keep(flush: Flush): Promise<void> {
    await new PartFile(this.out, this.part).keep(flush)
    this.isKept = true
  }

  /** Takes away what was not kept. */
  async drop(): Promise<void> {
    if (!this.isKept) await rm(this.part, { recursive: true, force: true })
  }
}

/** An error of the file system as fact and remedy; any other as it is. */
export function explainWriting(error: unknown, out: string): unknown {
  if (error instanceof WorkbenchError || !(error instanceof Error && 'syscall' in error))
    return error
  return new WorkbenchError(
    `${out} cannot be written (${error.message}). Choose a writable folder with enough free space.`,
  )
}
