// @module-tag tensorflow
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { loadEngine } from '#main/trainer/engine/load.ts'

const sources = path.resolve(import.meta.dirname, '../../../../src-main')

describe('loadEngine', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'fame-engine-'))
  })
  afterAll(() => rm(folder, { recursive: true }))
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  it('tells the version, the device and the precision asked for', async () => {
    const { info } = await loadEngine('float32')
    expect(info.tensorflow).toMatch(/^2\.\d+/)
    expect(info.deviceName).not.toBe('')
    expect(info.precision).toBe('float32')
    const about = (notices: string[]): string[] => notices.filter((text) => /bfloat16/.test(text))
    expect(about(info.notices)).toEqual([])
    const { precision, notices } = (await loadEngine('bfloat16')).info
    expect(about(notices)).toHaveLength(precision === 'bfloat16' ? 0 : 1)
  })

  it('says which kernels compute, and refuses a FAME_KERNELS that it does not know', async () => {
    const { info, kernels } = await loadEngine('float32')
    expect(/kernels/.test(info.kernels) && !/own ops/.test(info.kernels)).toBe(kernels.norm)
    vi.stubEnv('FAME_KERNELS', 'sse')
    await expect(loadEngine('float32')).rejects.toThrow(
      /FAME_KERNELS=sse is not known; it is one of amx, avx512, avx2, neon, off. Choose .*off, or unset/,
    )
  })

  it('says what to do where TensorFlow is not set up', async () => {
    // A copy of the sources outside the project finds the package that reads its registry, but no TensorFlow.
    const packages = path.join(folder, 'node_modules')
    await mkdir(packages)
    const read = path.join(sources, '..', 'node_modules', '@bufbuild')
    await symlink(read, path.join(packages, '@bufbuild'))
    for (const part of ['trainer', 'base']) {
      await cp(path.join(sources, part), path.join(folder, part), { recursive: true })
    }
    const script = `import { loadEngine } from './trainer/engine/load.ts'
      await loadEngine().catch((error) => console.log(error.name + ': ' + error.message))`
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', script],
      { cwd: folder },
    )
    expect(stdout).toMatch(/^EngineError: TensorFlow could not be loaded \(.*npm run setup/)
  })
})
