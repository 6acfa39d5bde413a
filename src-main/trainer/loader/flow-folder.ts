let folder: string | null = null

/**
 * Says once where the loader threads of this process keep flow: a trainer process does one job, and
 * whatever of it reads clips shares the folder.
 * @param path absolute; null keeps nothing on disk
 */
export function keepFlowIn(path: string | null): void {
  folder = path
}

/** The folder of this process's job; null where it has named none. */
export function flowFolderOfJob(): string | null {
  return folder
}
