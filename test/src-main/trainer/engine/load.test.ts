import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadEngine } from '#main/trainer/engine/load.ts'

const sources = path.resolve(import.meta.dirname, '../../../../src-main')

describe('loadEngine', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'fame-engine-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('tells the version, the device and the precision asked for', async () => {
    const { info } = await loadEngine('float32')
    expect(info.tensorflow).toMatch(/^2\.\d+/)
    expect(info.deviceName).not.toBe('')
    expect(info.precision).toBe('float32')
    expect(info.notice).toBeNull()
    const { precision, notice } = (await loadEngine('bfloat16')).info
    expect(notice === null).toBe(precision === 'bfloat16')
  })

  it('says what to do where TensorFlow is not set up', async () => {
    // A copy of the sources outside the project finds no TensorFlow.
    for (const part of ['trainer', 'entry-path.ts']) {
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
