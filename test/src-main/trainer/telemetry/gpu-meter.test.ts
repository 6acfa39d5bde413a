import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GpuMeter, parseGpuLoad } from '#main/trainer/telemetry/gpu-meter.ts'

let folder: string
let meter: GpuMeter | null = null

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fame-gpu-'))
})
afterEach(() => {
  meter?.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('a line of nvidia-smi', () => {
  it('is per cent and MiB', () => {
    expect(parseGpuLoad('87, 40213\n')).toEqual({ gpu: 0.87, gpuMemory: 40213 * 1024 * 1024 })
    expect(parseGpuLoad('0, 0')).toEqual({ gpu: 0, gpuMemory: 0 })
  })

  it.each([
    ['[N/A], 1024', { gpuMemory: 2 ** 30 }],
    ['12, [Not Supported]', { gpu: 0.12 }],
    ['[Unknown Error], [Unknown Error]', {}],
    ['No devices were found', {}],
    ['', {}],
  ])('leaves out what the device does not tell: %j', (line, load) => {
    expect(parseGpuLoad(line)).toEqual(load)
  })
})

/** An `nvidia-smi` on PATH that notes how it was called; returns that environment. */
function fakeTool(answer: string): NodeJS.ProcessEnv {
  const tool = join(folder, 'nvidia-smi')
  writeFileSync(tool, `#!/bin/sh\necho "$@" >> "${join(folder, 'calls')}"\n${answer}\n`)
  chmodSync(tool, 0o755)
  return { PATH: `${folder}:${process.env.PATH}` }
}

function calls(): string[] {
  return readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n')
}

describe('the load of the GPU', () => {
  it('is asked for again and again, of the device that CUDA counts first', async () => {
    const environment = { ...fakeTool('echo "42, 2048"'), CUDA_VISIBLE_DEVICES: 'GPU-7f, 1' }
    meter = new GpuMeter({ environment, every: 5 })
    const load = { gpu: 0.42, gpuMemory: 2 ** 31 }
    await expect.poll(() => meter?.take()).toEqual(load)
    await expect.poll(() => meter?.take()).toEqual(load)
    expect(calls()[0]).toBe(
      '--query-gpu=utilization.gpu,memory.used --format=csv,noheader,nounits --id=GPU-7f',
    )
  })

  it('is told once', async () => {
    meter = new GpuMeter({ environment: fakeTool('echo "42, 2048"'), every: 1e6 })
    await expect.poll(() => meter?.take()).toHaveProperty('gpu')
    expect(meter.take()).toEqual({})
    expect(calls()).toEqual([expect.stringContaining('--id=0')])
  })

  it('is nothing, without a word, where there is no such tool', async () => {
    meter = new GpuMeter({ environment: { PATH: folder }, every: 1 })
    const other = new GpuMeter({ environment: fakeTool('echo "1, 1"'), every: 1e6 })
    await expect.poll(() => other.take()).toHaveProperty('gpu')
    other.close()
    expect(meter.take()).toEqual({})
  })

  it('is asked for only once where the driver does not answer', async () => {
    meter = new GpuMeter({ environment: fakeTool('exit 9'), every: 1 })
    await expect.poll(() => calls()).toHaveLength(1)
    const other = new GpuMeter({ environment: fakeTool('echo "1, 1"'), every: 1e6 })
    await expect.poll(() => other.take()).toHaveProperty('gpu')
    other.close()
    expect([meter.take(), calls().length]).toEqual([{}, 2])
  })
})
