import { mkdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { trainerEnvironment } from '#main/base/processes/trainer-environment.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'

const temporaryFolder = temporaryFolders()

describe("a trainer's environment", () => {
  it('lets GPU memory grow and keeps what the user has set', () => {
    const environment = trainerEnvironment(
      { HOME: '/home/a', TF_CPP_MIN_LOG_LEVEL: '0', GLIBC_TUNABLES: 'glibc.malloc.check=1' },
      temporaryFolder(),
    )
    expect(environment).toEqual({
      HOME: '/home/a',
      TF_CPP_MIN_LOG_LEVEL: '0',
      GLIBC_TUNABLES: 'glibc.malloc.check=1',
      TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    })
  })

  it('asks for huge pages', () => {
    const environment = trainerEnvironment({ HOME: '/home/a' }, temporaryFolder())
    expect(environment.GLIBC_TUNABLES).toBe('glibc.malloc.hugetlb=1')
  })

  it('finds the CUDA libraries of the cache before those of the system', () => {
    const cache = temporaryFolder()
    const folders = ['cublas', 'cudnn'].map((name) =>
      join(cache, 'tensorflow', '2.21.0-gpu', 'nvidia', name, 'lib'),
    )
    for (const folder of folders) mkdirSync(folder, { recursive: true })
    const environment = trainerEnvironment({ FAME_CACHE: cache, LD_LIBRARY_PATH: '/opt/cuda' })
    expect(environment.LD_LIBRARY_PATH).toBe([...folders, '/opt/cuda'].join(delimiter))
  })
})
