import {
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import {
  FeatureCache,
  fingerprint,
  type FeatureSource,
} from '#main/trainer/evaluation/feature-cache.ts'
import type { TrainerVideo } from '#main/trainer/process/messages.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'

const temporaryFolder = temporaryFolders()
const source: FeatureSource = {
  weights: 'a',
  model: 'r2plus1d_18',
  frames: 16,
  stride: 2,
  size: 112,
  precision: 'float32',
  device: 'CPU',
  clips: 2,
  crops: 1,
}
const LENGTH = 6
const video = (content: string | undefined, frames = 40): TrainerVideo => ({
  path: '/anywhere.avi',
  frames,
  label: 0,
  ...(content !== undefined && { content }),
})
const features = (first: number) => Float32Array.from({ length: LENGTH }, (_, i) => first + i / 8)

function filled(folder: string, contents: string[]): void {
  const cache = new FeatureCache({ folder, source, length: LENGTH })
  contents.forEach((content, i) => cache.write(video(content), features(i)))
  cache.close()
}

function fileIn(folder: string): string {
  const [name] = readdirSync(folder)
  return join(folder, name)
}

it('gives back what an earlier session has written, by content and not by path', () => {
  const folder = temporaryFolder()
  filled(folder, ['x', 'y'])
  const cache = new FeatureCache({ folder, source, length: LENGTH })
  expect(cache.read(video('y'))).toEqual(features(1))
  expect(cache.read(video('x'))).toEqual(features(0))
  expect(cache.read(video('x', 41))).toBeNull()
  expect(cache.read(video('z'))).toBeNull()
  cache.write(video(undefined), features(5))
  expect(cache.read(video(undefined))).toBeNull()
  cache.close()
})

it('keeps the features of other weights and clips apart', () => {
  const folder = temporaryFolder()
  filled(folder, ['x'])
  for (const other of [{ weights: 'b' }, { clips: 3 }, { stride: 1 }, { precision: 'bfloat16' }]) {
    const cache = new FeatureCache({ folder, source: { ...source, ...other }, length: LENGTH })
    expect(cache.has(video('x'))).toBe(false)
    cache.close()
  }
})

it('takes a record that was cut short for missing, and writes over it', () => {
  const folder = temporaryFolder()
  filled(folder, ['x', 'y'])
  const file = fileIn(folder)
  truncateSync(file, statSync(file).size - 5)
  const cache = new FeatureCache({ folder, source, length: LENGTH })
  expect(cache.read(video('x'))).toEqual(features(0))
  expect(cache.read(video('y'))).toBeNull()
  cache.write(video('z'), features(2))
  cache.close()
  const again = new FeatureCache({ folder, source, length: LENGTH })
  expect(again.read(video('z'))).toEqual(features(2))
  again.close()
})

it('takes a damaged record for missing', () => {
  const folder = temporaryFolder()
  filled(folder, ['x', 'y'])
  const file = fileIn(folder)
  const bytes = readFileSync(file)
  bytes[40] ^= 1
  writeFileSync(file, bytes)
  const cache = new FeatureCache({ folder, source, length: LENGTH })
  expect(cache.read(video('x'))).toBeNull()
  expect(cache.read(video('y'))).toEqual(features(1))
  cache.close()
})

it('removes what was used longest ago when there is too much, and never its own', () => {
  const folder = temporaryFolder()
  filled(folder, ['x', 'y'])
  utimesSync(fileIn(folder), 1, 1)
  const other = { ...source, weights: 'b' }
  const cache = new FeatureCache({ folder, source: other, length: LENGTH, limit: 10 })
  cache.write(video('x'), features(0))
  cache.close()
  expect(readdirSync(folder)).toHaveLength(1)
  const again = new FeatureCache({ folder, source: other, length: LENGTH, limit: 10 })
  expect(again.read(video('x'))).toEqual(features(0))
  again.close()
})

it('tells weights and running statistics apart', () => {
  const state = (running: number) =>
    new Map([
      ['conv.weight', { shape: [2], data: Float32Array.of(1, 2) }],
      ['bn.running_mean', { shape: [1], data: Float32Array.of(running) }],
    ])
  expect(fingerprint(state(0))).toBe(fingerprint(state(0)))
  expect(fingerprint(state(1e-8))).not.toBe(fingerprint(state(0)))
})
