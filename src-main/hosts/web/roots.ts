import { stat } from 'node:fs/promises'
import { dirname, resolve, sep } from 'node:path'
import { realPath } from '../../base/files/real-path.ts'
import { WorkbenchError } from '../../base/workbench-error.ts'

/**
 * Folders that the sessions of a web host may read from and write to. Links are followed before
 * paths are compared, so that a link inside a root does not lead out of it.
 */
export class Roots {
  readonly #folders: readonly string[]
  readonly #known: () => readonly string[]

  /** @param known folders of the project's data sets: the person who indexed them had access already. */
  constructor(folders: readonly string[], known: () => readonly string[] = () => []) {
    this.#folders = folders.map((folder) => resolve(folder))
    this.#known = known
  }

  /**
   * @param path absolute; need not be there
   * @throws WorkbenchError when it lies outside, saying which folders may be used
   */
  async allow(path: string): Promise<void> {
    const real = await realPath(path)
    for (const root of [...this.#folders, ...this.#known()]) {
      const folder = await realPath(root)
      if (real === folder || real.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return
    }
    const isFolder = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    )
    throw new WorkbenchError(
      `${path} is outside the folders that the browser may use (${this.#folders.join(', ')}). ` +
        `Start the workbench with --root ${quoted(isFolder ? path : dirname(path))} to allow it, or use bin/fame, which is not confined.`,
    )
  }
}

function quoted(path: string): string {
  return /[^\w./-]/.test(path) ? `'${path.replaceAll("'", `'\\''`)}'` : path
}
