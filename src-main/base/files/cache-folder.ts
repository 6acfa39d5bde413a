import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/**
 * Where set-up keeps what is too large to fetch once a clone (as `scripts/lib/places.mjs`):
 * `FAME_CACHE`, else `cache` in the folder of a package's set-up, else `fame-workbench` in the
 * user's cache folder.
 */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.FAME_CACHE) return resolve(environment.FAME_CACHE)
  if (environment.FAME_SETUP) return join(resolve(environment.FAME_SETUP), 'cache')
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'fame-workbench')
}
