import { globSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { cacheFolder } from '../files/cache-folder.ts'

/**
 * The environment of a trainer process. TensorFlow takes GPU memory as it needs it and logs errors
 * only; glibc asks for huge pages, which saves a step some 8 % of its processor time; CUDA libraries
 * that set-up has put into the cache are found through LD_LIBRARY_PATH, which the loader reads only
 * when a process starts. In a package TensorFlow's own library is found so too.
 */
export function trainerEnvironment(
  base: NodeJS.ProcessEnv = process.env,
  cache: string = cacheFolder(base),
): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = {
    TF_CPP_MIN_LOG_LEVEL: '2',
    GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
    ...base,
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  }
  const libraries = globSync(join(cache, 'tensorflow', '*', 'nvidia', '*', 'lib'))
  const own = base.FAME_SETUP ? [join(resolve(base.FAME_SETUP), 'deps', 'lib')] : []
  if (libraries.length + own.length > 0) {
    const path = [...own, ...libraries.toSorted(), base.LD_LIBRARY_PATH].filter(Boolean)
    environment.LD_LIBRARY_PATH = path.join(delimiter)
  }
  return environment
}
