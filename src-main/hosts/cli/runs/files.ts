import { writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { makeFolder } from '../../../base/files/make-folder.ts'
import { WorkbenchError } from '../../../base/workbench-error.ts'

/**
 * Writes a file that `--out` names, and the folders above it.
 * @throws WorkbenchError when it cannot be written.
 */
export async function writeOutput(file: string, bytes: Uint8Array): Promise<void> {
  try {
    makeFolder(dirname(resolve(file)))
    await writeFile(file, bytes)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new WorkbenchError(
      `${file} cannot be written (${reason}). Choose a place you may write to with --out.`,
    )
  }
}
