import { readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { realPath } from '../../../base/files/real-path.ts'
import { WorkbenchError } from '../../../base/workbench-error.ts'

/** Which projects a host has. */
export interface ProjectPlaces {
  /** Folders of projects, made where they are missing. */
  folders: readonly string[]
  /** Folder whose sub-folders are projects, as far as they have a database. */
  parent?: string
}

interface NamedFolder {
  name: string
  /** Of the paths to it, the one that was found first and still leads there. */
  folder: string
}

/** Gives projects the names in their addresses. A project keeps its name for as long as the host runs. */
export class ProjectNames {
  private readonly places: ProjectPlaces
  /** By real path: links may lead to a folder by several paths. */
  private readonly named = new Map<string, NamedFolder>()

  constructor(places: ProjectPlaces) {
    this.places = places
  }

  /**
   * The folders of all projects by their names, each once: those given first, then those that the
   * parent folder has now. What cannot stand in an address is replaced; of equal names the second
   * gets a number.
   * @throws WorkbenchError where the parent folder cannot be read
   */
  async folders(): Promise<Map<string, string>> {
    const { folders, parent } = this.places
    const all = [...folders, ...(parent === undefined ? [] : await projectsIn(parent))]
    const found = new Map<string, string>()
    for (const path of all) {
      const real = await realPath(resolve(path))
      const before = this.named.get(real)?.folder
      const isThere = before !== undefined && (await realPath(before)) === real
      const { name, folder } = this.remember(real, isThere ? before : resolve(path))
      found.set(name, folder)
    }
    return found
  }

  private remember(real: string, folder: string): NamedFolder {
    const taken = new Set([...this.named.values()].map(({ name }) => name))
    const name = this.named.get(real)?.name ?? freeName(basename(folder), taken)
    const named = { name, folder }
    this.named.set(real, named)
    return named
  }
}

async function projectsIn(parent: string): Promise<string[]> {
  const entries = await readdir(parent).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException
    throw new WorkbenchError(
      `The folder of projects ${parent} cannot be read (${code}). Choose an existing folder with --projects.`,
    )
  })
  const folders = entries.filter((name) => !name.startsWith('.')).map((name) => join(parent, name))
  const isProject = await Promise.all(folders.map(hasDatabase))
  return folders.filter((_, i) => isProject[i]).sort()
}

/** Whether there is a project, in the folder or where a link leads. */
async function hasDatabase(folder: string): Promise<boolean> {
  const found = await stat(join(folder, 'workbench.sqlite')).catch(() => null)
  return found !== null
}

function freeName(folder: string, taken: ReadonlySet<string>): string {
  const plain = folder.replaceAll(/[^\w.~-]+/g, '-').replace(/^[.-]+/, '') || 'project'
  for (let number = 1; ; number++) {
    const name = number === 1 ? plain : `${plain}-${number}`
    if (!taken.has(name)) return name
  }
}
