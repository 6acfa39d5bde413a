import { globSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

/**
 * The environment of a trainer process. TensorFlow takes GPU memory as it needs it and logs errors
 * only; CUDA libraries that set-up has put into the cache are found through LD_LIBRARY_PATH, which
 * the loader reads only when a process starts.
 */
export function trainerEnvironment(
  base: NodeJS.ProcessEnv = process.env,
  cacheFolder: string = defaultCacheFolder(base),
): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = {
    TF_CPP_MIN_LOG_LEVEL: '2',
    ...base,
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  }
  const libraries = globSync(join(cacheFolder, 'tensorflow', '*', 'nvidia', '*', 'lib'))
  if (libraries.length > 0) {
    const path = [...libraries.toSorted(), base.LD_LIBRARY_PATH].filter(Boolean)
    environment.LD_LIBRARY_PATH = path.join(delimiter)
  }
  return environment
}

/** Where set-up keeps what is too large to fetch once a clone. */
function defaultCacheFolder(environment: NodeJS.ProcessEnv): string {
  const { FAME_CACHE, XDG_CACHE_HOME } = environment
  return FAME_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'fame-workbench')
}
