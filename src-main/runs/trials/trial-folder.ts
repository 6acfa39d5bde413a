import { mkdirSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Project } from '../../store/project.ts'

const PREFIX = 'trial-'

/** A new empty folder in the project's cache, absolute, for what is thrown away afterwards. */
export async function trialFolder(project: Project): Promise<string> {
  mkdirSync(project.cacheFolder, { recursive: true })
  return mkdtemp(join(project.cacheFolder, PREFIX))
}

/** Takes away what trials have left that were cut off: a checkpoint may be among it. */
export async function dropTrials(project: Project): Promise<void> {
  const names = await readdir(project.cacheFolder).catch(() => [])
  for (const name of names.filter((each) => each.startsWith(PREFIX))) {
    await rm(join(project.cacheFolder, name), { recursive: true, force: true })
  }
}
