import { expect, test } from 'vitest'
import { costOf, efficiency, exchangedBy } from '#main/bench/collective/scaling.ts'

const step = { seconds: 3, cores: 4, gradient: 2 ** 21, sums: 10 }
const own = { sum: 1e-3, value: 0, bytes: 4 }

test('One process loses nothing', () => {
  expect(efficiency(step, { gigabits: 1, latency: 1 }, own, 1)).toBe(1)
})

test('A step that hides its gradients waits for the last piece and the small sums', () => {
  // Four processes send 3/2 of 8 MiB at 1 GB/s, in two pieces of 2^20 values.
  const piece = (1.5 * 2 ** 22) / 1e9
  const seconds = 3 + piece + 10 * 1e-3
  expect(efficiency(step, { gigabits: 8, latency: 0 }, own, 4)).toBeCloseTo(3 / seconds, 12)
})

test('A slow network makes it wait for what the backward pass does not hide', () => {
  const ring = (1.5 * 2 ** 23) / 1e6
  const seconds = 3 + (ring - 2) + 10 * 1e-3
  expect(efficiency(step, { gigabits: 0.008, latency: 0 }, own, 4)).toBeCloseTo(3 / seconds, 12)
})

test('Adding up takes a core from the step, and its last piece is waited for', () => {
  const adding = 2 ** 21 * 1e-7
  const seconds = 3 + adding / 4 + adding / 2 + 10 * 1e-3
  const slow = { ...own, value: 1e-7 }
  expect(efficiency(step, { gigabits: 1e9, latency: 0 }, slow, 4)).toBeCloseTo(3 / seconds, 6)
})

test('Small sums take a message down and up a tree', () => {
  const seconds = 3 + 10 * (1e-3 + 2 * 3 * 0.01) + 2 * 7 * 0.01
  const free = { ...step, gradient: 1 }
  expect(efficiency(free, { gigabits: 1e9, latency: 0.01 }, own, 8)).toBeCloseTo(3 / seconds, 6)
})

test('Encoders say what they exchange', () => {
  // torchvision's r2plus1d_18 has 31,505,325 parameters, 205,200 of them in its classifier.
  expect(exchangedBy('r2plus1d_18')).toEqual({ gradient: 31_300_125, sums: 3 * 37 + 3 })
  expect(exchangedBy('vit_base').sums).toBe(3)
})

test('Constants come from the shortest and the longest sum', () => {
  const sums = [
    { length: 64, waiting: 2, float32: 1, bfloat16: 1 },
    { length: 1000, waiting: 9, float32: 4, bfloat16: 8 },
  ]
  expect(costOf(sums, 'bfloat16')).toEqual({ sum: 2e-3, value: 8e-6, bytes: 2 })
  expect(costOf(sums, 'float32')).toEqual({ sum: 2e-3, value: 4e-6, bytes: 4 })
})
