import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { kernelFile as fileOfTrainer } from '#main/trainer/engine/kernels.ts'
import { chooseKernels } from '#main/trainer/engine/processor.mjs'
import { Setup } from '../../scripts/lib/context.mjs'
import { findPlaces } from '../../scripts/lib/places.mjs'
import { kernelFile, kernels } from '../../scripts/lib/steps/kernels.mjs'
import { stampFile, writeStamp } from '../../scripts/lib/stamp.mjs'
import { temporarySetup } from './temporary.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

const able = chooseKernels('').set !== null

it.runIf(able)('builds where the trainer looks', () => {
  vi.stubEnv('FAME_KERNELS', '')
  expect(kernelFile(findPlaces())).toBe(fileOfTrainer())
})

it('refuses a FAME_KERNELS that cannot be, and builds nothing for off', async () => {
  const { setup } = temporarySetup()
  vi.stubEnv('FAME_KERNELS', 'sse')
  expect(kernels.ready(setup)).toBe(false)
  await expect(kernels.perform(setup)).rejects.toThrow('FAME_KERNELS=sse is not known')
  vi.stubEnv('FAME_KERNELS', 'off')
  expect(kernels.ready(setup)).toBe(true)
})

it.runIf(able && process.arch === 'x64')(
  'is ready without TensorFlow, and again when its file is there for the same TensorFlow',
  async () => {
    const { setup } = temporarySetup()
    vi.stubEnv('FAME_KERNELS', '')
    expect(kernels.ready(setup)).toBe(true)
    writeStamp(stampFile(setup.places, 'tensorflow'), { key: 'x', available: true, binding: '1' })
    expect(kernels.ready(setup)).toBe(false)
    // Sources are missing: a failure that is noted, and not tried again by itself.
    await expect(kernels.perform(setup)).rejects.toThrow('kernels could not be built')
    expect(kernels.ready(setup)).toBe(true)
    expect(kernels.ready(new Setup({ places: setup.places, retry: true }))).toBe(false)
    // The failure is that of these kernels alone.
    vi.stubEnv('FAME_KERNELS', 'avx2')
    expect(kernels.ready(setup)).toBe(false)
    vi.stubEnv('FAME_KERNELS', '')
    mkdirSync(join(setup.places.root, 'src-main/trainer/native'), { recursive: true })
    writeFileSync(join(setup.places.root, 'src-main/trainer/native/added.cc'), '')
    expect(kernels.ready(setup)).toBe(false)
  },
)
