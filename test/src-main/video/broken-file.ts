import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { DecoderPool } from '#main/video/decoder-pool.ts'
import { probeVideo, type VideoProbe } from '#main/video/probe.ts'
import { fixture, temporaryFolder } from './fixtures.ts'

export const avi = readFileSync(fixture('packed-b-frames.avi'))
/** What a probe tells of it. */
export const whole = {
  frames: 104,
  width: 720,
  height: 528,
  error: null,
  errorKind: null,
} as const
/** What a probe tells of a file without a video. */
export const nothing = { frames: null, width: null, codec: null, verified: false } as const

export interface BrokenFile {
  what: string
  /** File name; `broken.avi` without it. */
  name?: string
  make: (path: string) => void
  /** What a probe tells that packets suffice for. */
  expected: Partial<VideoProbe>
  /** What differs after decoding the video through. */
  verified?: Partial<VideoProbe>
  needsUser?: true
}

/** Root may read everything. */
const isRoot = process.getuid?.() === 0

/** A test for each file: what a probe tells of it, and what decoding it through does. */
export function testBrokenFiles(table: readonly BrokenFile[]): void {
  const folder = temporaryFolder()
  const pool = new DecoderPool({ size: 1 })
  afterAll(() => pool.close())

  it.each(table.filter(({ needsUser }) => !(needsUser && isRoot)))(
    'tells what is wrong: $what',
    async (row) => {
      const { name = 'broken.avi', make, expected, verified = {} } = row
      const path = join(folder, String(table.indexOf(row)), name)
      mkdirSync(join(path, '..'))
      make(path)
      const probe = await pool.probe(path)
      expect(probe).toMatchObject(expected)
      expect(probe.error === null).toBe(probe.errorKind === null)
      if (probe.error !== null) expect(probe.error).toMatch(/[;.] ?.*\.$/s)
      const decoded = probeVideo(path, { verify: true })
      if (probe.frames !== null)
        expect(decoded).toMatchObject({ verified: true, frames: probe.frames })
      expect(decoded).toMatchObject({ errorKind: probe.errorKind, ...verified })
    },
  )
}
