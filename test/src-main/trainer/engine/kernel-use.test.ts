import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { kernelKey } from '#main/trainer/engine/kernel-sources.mjs'
import { kernelFile, loadKernels, noKernels } from '#main/trainer/engine/kernels.ts'
import { chooseKernels } from '#main/trainer/engine/processor.mjs'

function emptyOut(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fame-kernels-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

const { set } = chooseKernels()
describe.runIf(set !== null)('kernels that cannot be used', () => {
  it('are told from those that were never built', () => {
    const { kernels, use, problem } = loadKernels(emptyOut())
    expect(kernels).toEqual(noKernels)
    expect(use).toMatch(/^TensorFlow's own ops \(.* are not built: set-up has not built kernels\)$/)
    expect(problem?.remedy).toMatch(/npm run setup/)
  })

  it('are explained by what set-up noted', () => {
    const out = emptyOut()
    const reason = 'They are built with g++, which is missing.'
    write(join(out, 'setup', `kernels-${set}.json`), JSON.stringify({ reason }))
    expect(loadKernels(out).problem?.fact).toMatch(/are not built \(.*g\+\+, which is missing\)/)
  })

  it('are named with the loader’s reason where their file does not load', () => {
    const out = emptyOut()
    const file = kernelFile(out)
    if (file === null) throw new Error('There is a set of kernels, so it has a file.')
    write(file, 'not a library')
    const { kernels, use, problem } = loadKernels(out)
    expect(kernels).toEqual(noKernels)
    expect(use).toMatch(/do not load/)
    expect(problem?.fact).toMatch(/do not load \(.*fame-kernels.*\), so TensorFlow's own ops/)
    expect(problem?.remedy).toMatch(/^Delete .*kernels\. Run/)
  })

  it('are those of older sources, which are not loaded until they are built again', () => {
    const out = emptyOut()
    const file = kernelFile(out)!
    const source = join(out, 'src-main', 'trainer', 'native', 'one.cc')
    write(source, 'before')
    write(file, 'not a library')
    write(join(out, 'setup', 'tensorflow.json'), JSON.stringify({ binding: '1-2-3' }))
    const key = kernelKey(out, '1-2-3', basename(file))
    write(join(out, 'setup', `kernels-${set}.json`), JSON.stringify({ key, available: true }))
    // Not out of date: it is tried.
    expect(loadKernels(out, out).use).toMatch(/do not load/)
    write(source, 'after')
    const { kernels, use, problem } = loadKernels(out, out)
    expect(kernels).toEqual(noKernels)
    expect(use).toMatch(/are out of date: their sources, or TensorFlow, have changed/)
    expect(problem?.remedy).toMatch(/npm run setup/)
  })

  it('are built again with a button of the page in a package', () => {
    vi.stubEnv('FAME_SETUP', emptyOut())
    onTestFinished(() => void vi.unstubAllEnvs())
    const { problem } = loadKernels(emptyOut())
    expect(problem?.remedy).toMatch(/^Choose “Set up training”/)
    expect(problem?.remedy).not.toMatch(/npm/)
  })

  it('are left out with FAME_KERNELS=off, which is no problem', () => {
    vi.stubEnv('FAME_KERNELS', 'off')
    const used = loadKernels()
    vi.unstubAllEnvs()
    expect(used).toEqual({
      kernels: noKernels,
      use: "TensorFlow's own ops (FAME_KERNELS=off)",
      problem: null,
    })
  })
})
