import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { probeVideo } from '#main/video/probe.ts'
import { fixture, reference, scramble, temporaryFolder } from './fixtures.ts'

const folder = temporaryFolder()

describe('probeVideo', () => {
  it.each(Object.entries(reference))('counts the frames of %s as decoded', (name, expected) => {
    const probe = probeVideo(fixture(name))
    const { frames, headerFrames, width, height } = expected
    expect(probe).toMatchObject({ frames, headerFrames, width, height, damaged: 0, error: null })
    expect(probe.size).toBe(readFileSync(fixture(name)).length)
  })

  it('gives an error instead of throwing', () => {
    const path = join(folder, 'empty.avi')
    writeFileSync(path, '')
    expect(probeVideo(path)).toMatchObject({ frames: null, size: 0, errorKind: 'empty' })
    expect(probeVideo(fixture('audio-only.avi')).errorKind).toBe('no-video-stream')
    expect(probeVideo(join(folder, 'missing.avi'))).toMatchObject({
      size: null,
      errorKind: 'unreadable',
    })
  })

  it('counts what can be decoded of a damaged stream and says that it is damaged', () => {
    const path = join(folder, 'damaged.avi')
    writeFileSync(path, scramble(readFileSync(fixture('packed-b-frames.avi')), 150_000, 8000))
    const probe = probeVideo(path)
    expect(probe.errorKind).toBe('damaged')
    expect(probe.error).toMatch(/^The stream is damaged in (one place|\d+ places); frames decoded:/)
    expect(probe.frames).toBeGreaterThan(80)
    expect(probe.width).toBe(720)
  })
})
