import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a folder and those above it. Node's own recursive way never returns where the system says
 * that a file to be made is not there, as Linux does below /proc.
 * @param folder absolute
 * @throws ErrnoException when it cannot be made, ENOTDIR when a file is in its place.
 */
export function makeFolder(folder: string): void {
  const missing: string[] = []
  let here = folder
  while (!statSync(here, { throwIfNoEntry: false })) {
    missing.unshift(here)
    here = dirname(here)
  }
  for (const path of missing) makeOne(path)
  if (statSync(folder).isDirectory()) return
  throw Object.assign(new Error(`ENOTDIR: ${folder} is a file`), { code: 'ENOTDIR' })
}

function makeOne(path: string): void {
  try {
    mkdirSync(path)
  } catch (error) {
    // Another process may make the same folder at the same time.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
