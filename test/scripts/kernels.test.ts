import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { kernelFile as fileOfTrainer } from '#main/trainer/engine/kernels.ts'
import { Setup } from '../../scripts/lib/context.mjs'
import { findPlaces } from '../../scripts/lib/places.mjs'
import { kernelFile, kernels } from '../../scripts/lib/steps/kernels.mjs'
import { stampFile, writeStamp } from '../../scripts/lib/stamp.mjs'
import { temporarySetup } from './temporary.ts'

it('builds where the trainer looks', () => {
  expect(kernelFile(findPlaces())).toBe(fileOfTrainer())
})

it.runIf(process.platform === 'linux' && process.arch === 'x64')(
  'is ready without TensorFlow, and again when its file is there for the same TensorFlow',
  async () => {
    const { setup } = temporarySetup()
    expect(kernels.ready(setup)).toBe(true)
    writeStamp(stampFile(setup.places, 'tensorflow'), { key: 'x', available: true, binding: '1' })
    expect(kernels.ready(setup)).toBe(false)
    // Sources are missing: a failure that is noted, and not tried again by itself.
    await expect(kernels.perform(setup)).rejects.toThrow('kernels could not be built')
    expect(kernels.ready(setup)).toBe(true)
    expect(kernels.ready(new Setup({ places: setup.places, retry: true }))).toBe(false)
    mkdirSync(join(setup.places.root, 'src-main/trainer/native'), { recursive: true })
    writeFileSync(join(setup.places.root, 'src-main/trainer/native/norm.cc'), '')
    expect(kernels.ready(setup)).toBe(false)
  },
)
