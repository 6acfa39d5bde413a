import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { probeVideo } from '#main/video/probe.ts'
import { counts, fixture, reference, scramble, temporaryFolder } from './fixtures.ts'

const folder = temporaryFolder()

describe('probeVideo', () => {
  it.each(Object.entries(reference))('counts the frames of %s as decoded', (name, expected) => {
    const probe = probeVideo(fixture(name))
    const { frames, headerFrames, width, height, codec, pixelFormat } = expected
    expect(probe).toMatchObject({ frames, headerFrames, width, height, codec, pixelFormat })
    expect(probe).toMatchObject({ damaged: 0, error: null, rotation: 0 })
    expect(probe.size).toBe(readFileSync(fixture(name)).length)
    expect(probeVideo(fixture(name), { verify: true })).toEqual({ ...probe, verified: true })
  })

  it.each(Object.entries(counts))('counts the frames of counts/%s as decoded', (name, expected) => {
    const path = fixture(`counts/${name}`)
    const probe = probeVideo(path)
    expect(probe).toMatchObject({ ...expected, error: null })
    expect(probeVideo(path, { verify: true })).toEqual({ ...probe, verified: true })
  })

  it('counts packets where they prove the number of frames, and else decodes', () => {
    const verified = (name: string) => probeVideo(fixture(name)).verified
    expect(verified('packed-b-frames.avi')).toBe(false)
    expect(verified('open-gop.mp4')).toBe(false)
    expect(verified('counts/h264.mkv')).toBe(false)
    expect(verified('counts/mjpeg.avi')).toBe(false)
    // Its header counts packets that hold no picture.
    expect(verified('moving-camera.avi')).toBe(true)
    expect(verified('counts/h264-leading.mkv')).toBe(true)
    expect(verified('counts/h264-edit-list.mp4')).toBe(true)
    expect(verified('counts/vp9.webm')).toBe(true)
  })

  it('tells whether the distance between frames changes', () => {
    expect(probeVideo(fixture('open-gop.mp4')).variableRate).toBe(false)
    expect(probeVideo(fixture('packed-b-frames.avi')).variableRate).toBe(false)
    expect(probeVideo(fixture('counts/h264-variable.mp4')).variableRate).toBe(true)
    // 190 places for 31 pictures.
    expect(probeVideo(fixture('moving-camera.avi')).variableRate).toBe(true)
  })

  it('knows a file by its content, wherever it lies', () => {
    const copy = join(folder, 'copy.mp4')
    copyFileSync(fixture('open-gop.mp4'), copy)
    const { hash } = probeVideo(copy)
    expect(hash).toMatch(/^[0-9a-f]{32}$/)
    expect(hash).toBe(probeVideo(fixture('open-gop.mp4')).hash)
    const bytes = readFileSync(copy)
    bytes[bytes.length - 1]! ^= 1
    writeFileSync(copy, bytes)
    expect(probeVideo(copy).hash).not.toBe(hash)
  })

  it('shows that it goes on, packet by packet or frame by frame', () => {
    for (const verify of [false, true]) {
      let signs = 0
      probeVideo(fixture('open-gop.mp4'), { verify, onProgress: () => signs++ })
      // The look at the file's own account of its length is one access to the disk.
      expect(signs).toBe(1 + (verify ? 180 : 90))
    }
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

  it('finds damage within packets when it decodes, and counts what can be decoded', () => {
    const path = join(folder, 'damaged.avi')
    writeFileSync(path, scramble(readFileSync(fixture('packed-b-frames.avi')), 150_000, 8000))
    const probe = probeVideo(path, { verify: true })
    expect(probe.errorKind).toBe('damaged')
    expect(probe.error).toMatch(/^The stream is damaged in (one place|\d+ places); frames decoded:/)
    expect(probe.frames).toBeGreaterThan(80)
    expect(probe.width).toBe(720)
  })
})
