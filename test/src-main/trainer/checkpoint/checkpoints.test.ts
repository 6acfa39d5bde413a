import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  checkpointFolder,
  loadBestCheckpoint,
  loadNewestCheckpoint,
  saveCheckpoint,
} from '#main/trainer/checkpoint/checkpoints.ts'
import type { SafetensorsFile } from '#main/trainer/checkpoint/safetensors.ts'

let run: string
beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), 'fame-checkpoints-'))
})
afterEach(() => rmSync(run, { recursive: true, force: true }))

const content = (value: number): SafetensorsFile => ({
  tensors: new Map([['w', { shape: [2], data: Float32Array.of(value, -value) }]]),
  metadata: { value: String(value) },
})

describe('checkpoints', () => {
  it('gives none for a run that has not saved any', () => {
    expect(loadNewestCheckpoint(run)).toBeNull()
  })

  it('loads the newest and keeps the one before it', () => {
    for (const step of [10, 20, 30]) saveCheckpoint(run, step, content(step))
    expect(loadNewestCheckpoint(run)).toMatchObject({ step: 30, metadata: { value: '30' } })
    expect(readdirSync(checkpointFolder(run)).sort()).toEqual([
      'manifest.json',
      'step-00000020.safetensors',
      'step-00000030.safetensors',
    ])
  })

  it('keeps as many as asked for, and the one with the least score', () => {
    for (const [i, score] of [5, 2, 4, 3, undefined, 3].entries()) {
      saveCheckpoint(run, i + 1, content(i + 1), { keep: 3, score })
    }
    const files = readdirSync(checkpointFolder(run)).filter((name) => name !== 'manifest.json')
    expect(files.sort()).toEqual([2, 4, 5, 6].map((step) => `step-0000000${step}.safetensors`))
    expect(loadNewestCheckpoint(run)?.step).toBe(6)
    expect(loadBestCheckpoint(run)).toMatchObject({ step: 2, metadata: { value: '2' } })
  })

  it('has no best one where none was scored', () => {
    saveCheckpoint(run, 1, content(1))
    expect(loadBestCheckpoint(run)).toBeNull()
  })

  it('falls back to the previous one when the newest is damaged, and says so', () => {
    saveCheckpoint(run, 10, content(10))
    truncateSync(saveCheckpoint(run, 20, content(20)), 50)
    const loaded = loadNewestCheckpoint(run)
    expect(loaded?.step).toBe(10)
    expect(loaded?.warnings).toHaveLength(1)
    expect(loaded?.warnings[0]).toContain('step-00000020.safetensors')
  })

  it('keeps the whole one it went on from, not the damaged one ahead of it', () => {
    saveCheckpoint(run, 10, content(10))
    truncateSync(saveCheckpoint(run, 20, content(20)), 50)
    truncateSync(saveCheckpoint(run, 15, content(15)), 50)
    expect(loadNewestCheckpoint(run)?.step).toBe(10)
  })

  it('says what to do when it cannot be written, and leaves the one before it', () => {
    saveCheckpoint(run, 10, content(10))
    mkdirSync(join(checkpointFolder(run), 'step-00000020.safetensors'))
    expect(() => saveCheckpoint(run, 20, content(20))).toThrow(/step 20 cannot be written.*Free/s)
    expect(loadNewestCheckpoint(run)?.step).toBe(10)
  })

  it('says that a manifest is damaged', () => {
    saveCheckpoint(run, 10, content(10))
    writeFileSync(join(checkpointFolder(run), 'manifest.json'), '[{')
    expect(() => loadNewestCheckpoint(run)).toThrow(/manifest.json is damaged .*backup/)
  })

  it('does not start over in silence when no checkpoint is whole', () => {
    writeFileSync(saveCheckpoint(run, 10, content(10)), 'not a checkpoint')
    expect(() => loadNewestCheckpoint(run)).toThrow(/No checkpoint is undamaged/)
  })

  it('passes over what a killed save left behind and clears it with the next', () => {
    saveCheckpoint(run, 10, content(10))
    const left = join(checkpointFolder(run), 'step-00000020.safetensors.part')
    writeFileSync(left, 'half')
    expect(loadNewestCheckpoint(run)?.step).toBe(10)
    saveCheckpoint(run, 20, content(20))
    expect(existsSync(left)).toBe(false)
  })
})
