import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { benchHost } from '#main/bench/host/bench-host.ts'

const root = mkdtempSync(join(tmpdir(), 'fame-bench-host-test-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

describe('the benchmark of the host', () => {
  it('opens what it is asked to, in a project that it makes once', async () => {
    const sizes = { videos: 1000, predictions: 200, points: 2000 }
    const project = join(root, 'project')
    for (const only of ['library', 'evaluations: p', 'masks: accept']) {
      const { rows } = await benchHost({ ...sizes, project, only })
      expect(rows.length).toBeGreaterThan(0)
      for (const { what, error, wall, worked, milliseconds } of rows) {
        expect([what, error]).toEqual([what, null])
        expect(what).toContain(only)
        expect(Math.min(wall, worked)).toBeGreaterThan(0)
        expect(milliseconds).toBeGreaterThan(0)
      }
    }
  })
})
