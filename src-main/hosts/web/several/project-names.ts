import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { WorkbenchError } from '../../../base/workbench-error.ts'

/** Which projects a host has. */
export interface ProjectPlaces {
  /** Folders of projects, made where they are missing. */
  folders: readonly string[]
  /** Folder whose sub-folders are projects, as far as they have a database. */
  parent?: string
}

/** Gives projects the names in their addresses. A project keeps its name for as long as the host runs. */
export class ProjectNames {
  private readonly places: ProjectPlaces
  /** By folder. */
  private readonly given = new Map<string, string>()

  constructor(places: ProjectPlaces) {
    this.places = places
  }

  /**
   * The folders of all projects by their names: those given first, then those that the parent folder
   * has now. What cannot stand in an address is replaced; of equal names the second gets a number.
   * @throws WorkbenchError where the parent folder cannot be read
   */
  async folders(): Promise<Map<string, string>> {
    const { folders, parent } = this.places
    const all = [...folders, ...(parent === undefined ? [] : await projectsIn(parent))]
    return new Map(all.map((one) => resolve(one)).map((folder) => [this.nameOf(folder), folder]))
  }

  private nameOf(folder: string): string {
    const known = this.given.get(folder)
    if (known !== undefined) return known
    const name = freeName(basename(folder), new Set(this.given.values()))
    this.given.set(folder, name)
    return name
  }
}

async function projectsIn(parent: string): Promise<string[]> {
  const entries = await readdir(parent, { withFileTypes: true }).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException
    throw new WorkbenchError(
      `The folder of projects ${parent} cannot be read (${code}). Choose an existing folder with --projects.`,
    )
  })
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => join(parent, name))
    .filter((folder) => existsSync(join(folder, 'workbench.sqlite')))
    .sort()
}

function freeName(folder: string, taken: ReadonlySet<string>): string {
  const plain = folder.replaceAll(/[^\w.~-]+/g, '-').replace(/^[.-]+/, '') || 'project'
  for (let number = 1; ; number++) {
    const name = number === 1 ? plain : `${plain}-${number}`
    if (!taken.has(name)) return name
  }
}
