// @module-tag tensorflow
import { expect, it, vi } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { runCli } from '../../hosts/run-cli.ts'
import { shouldUseKernels } from '../../trainer/arithmetic.ts'
import type { FeatureBench } from '#main/bench/training/feature-bench.ts'
import type { PeakBench } from '#main/bench/training/peak.ts'
import { TimedBinding } from '#main/bench/training/timed-binding.ts'
import { benchTraining, type TrainBench } from '#main/bench/training/train-bench.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'

// Each of them starts a process that loads TensorFlow.
vi.setConfig({ testTimeout: 300_000 })

it('tells time by op, for the timed steps alone', async () => {
  let binding!: TimedBinding
  const engine = await loadEngine('float32', (raw) => (binding = new TimedBinding(raw)))
  const config = completeConfig({
    model: 'r2plus1d_narrow',
    frames: 4,
    size: 16,
    batch: 2,
    queue: 8,
    precision: 'float32',
  })
  const once = benchTraining(engine, config, 1, () => binding.take())
  const twice = benchTraining(engine, config, 2, () => binding.take())
  const calls = ({ operations }: Pick<TrainBench, 'operations'>): Record<string, number> =>
    Object.fromEntries(operations!.map(({ op, calls: n }) => [op, n]))
  expect(calls(once).MatMul).toBeGreaterThan(0)
  expect(calls(twice)).toEqual(
    Object.fromEntries(Object.entries(calls(once)).map(([op, n]) => [op, 2 * n])),
  )
})

it('answers from a process of its own, with the encoder written as in the papers', async () => {
  const args = ['--model', 'I3D', '--frames', 8, '--size', 32, '--batch', 2, '--steps', 1]
  const { code, stdout } = await runCli('bench', 'train', ...args, '--json')
  expect(code).toBe(0)
  const bench = JSON.parse(stdout) as TrainBench
  expect(bench).toMatchObject({
    model: 'i3d',
    frames: 8,
    size: 32,
    batch: 2,
    steps: 1,
    precision: 'float32',
    operations: null,
  })
  expect(bench.pairsPerSecond).toBeCloseTo(2 / bench.secondsPerStep)
  expect(bench.peakMemoryBytes).toBeGreaterThan(100e6)
})

it('keeps as many tensors, and no more memory, from step to step', async () => {
  const args = ['--model', 'r2plus1d_narrow', '--frames', 4, '--size', 16, '--batch', 2]
  const { stdout } = await runCli('bench', 'train', ...args, '--steps', 60, '--json')
  const { memoryOverSteps } = JSON.parse(stdout) as TrainBench
  expect(memoryOverSteps.map(({ step }) => step)).toEqual(
    Array.from({ length: 20 }, (_, i) => 3 * (i + 1)),
  )
  expect(new Set(memoryOverSteps.map(({ tensors }) => tensors)).size).toBe(1)
  const settled = memoryOverSteps.slice(5).map(({ residentBytes }) => residentBytes)
  // The heap grows by 32 MiB at a time, if at all; 45 steps that keep 1.2 MB each are seen.
  expect(settled.at(-1)! - settled[0]).toBeLessThan(54e6)
})

it('times features, each op beside what the processor can do', async () => {
  const args = ['--model', 'r2plus1d_narrow', '--frames', 4, '--size', 16, '--batch', 2]
  const { stdout } = await runCli('bench', 'features', ...args, '--steps', 1, '--profile', '--json')
  const bench = JSON.parse(stdout) as FeatureBench
  expect(bench).toMatchObject({ model: 'r2plus1d_narrow', frames: 4, size: 16, batch: 2, steps: 1 })
  expect(bench.clipsPerSecond).toBeCloseTo(2 / bench.secondsPerStep)
  const counted = bench.operations!.filter(({ operations }) => operations !== null)
  expect(counted.map(({ op }) => op).join()).toMatch(/Conv/)
  if (shouldUseKernels) expect(bench.peak).toBeGreaterThan(1e9)
})

it.runIf(shouldUseKernels)('measures what the processor can do', async () => {
  const { stdout } = await runCli('bench', 'peak', '--json')
  const { peak } = JSON.parse(stdout) as PeakBench
  expect(peak!.float32.oneCore).toBeGreaterThan(1e9)
  expect(peak!.float32.allCores).toBeGreaterThan(1e9)
  expect(peak!.copying).toBeGreaterThan(1e8)
})

it('names the encoders it knows', async () => {
  const { code, stderr } = await runCli('bench', 'train', '--model', 'c3d')
  expect(stderr).toContain('r2plus1d_18, r2plus1d_narrow, i3d')
  expect(code).toBe(2)
})
