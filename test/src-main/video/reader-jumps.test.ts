import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { readFramePlan } from '#main/video/frame-plan.ts'
import { VideoReader } from '#main/video/reader.ts'
import { RecentFrames } from '#main/video/recent-frames.ts'
import { writeVideo } from '#main/video/writer.ts'
import { fixture, frameOf, scramble, temporaryFolder } from './fixtures.ts'
import { movingSquare } from './synthetic.ts'

const folder = temporaryFolder()

describe('VideoReader jumping by a plan of the packets', () => {
  const h264 = join(folder, 'b-frames.mp4')
  const scene = { width: 160, height: 120, fps: 25, keyframeInterval: 20 }
  beforeAll(async () => {
    await writeVideo(h264, { ...scene, codec: 'h264' }, movingSquare(160, 120, 130))
  })

  /** Files, and whether their packets prove which frame is which. */
  const files: [string, () => string, boolean][] = [
    ['H.264 with B-frames', () => h264, true],
    ['packed B-frames', () => fixture('packed-b-frames.avi'), true],
    ['open groups of pictures', () => fixture('open-gop.mp4'), true],
    ['H.264 in Matroska', () => fixture('counts/h264.mkv'), true],
    ['HEVC', () => fixture('counts/hevc.mp4'), true],
    ['Motion JPEG', () => fixture('counts/mjpeg.avi'), true],
    ['MPEG-4 of Microsoft', () => fixture('counts/msmpeg4v2.avi'), true],
    ['Flash video', () => fixture('counts/flv.flv'), true],
    ['a rate that varies', () => fixture('moving-camera.avi'), false],
    ['H.264 without times', () => fixture('counts/h264.avi'), false],
    ['an edit list', () => fixture('counts/h264-edit-list.mp4'), false],
    ['leading pictures', () => fixture('counts/h264-leading.mkv'), false],
    ['dropped frames', () => fixture('counts/xvid-dropped.avi'), false],
    ['hidden frames', () => fixture('counts/vp9.webm'), false],
    ['damage that hides frames', () => damagedBy(h264, 0.5, 2500), false],
    ['a damaged picture', () => damagedBy(h264, 0.05, 60), true],
    ['damaged packed B-frames', () => damagedBy(fixture('packed-b-frames.avi'), 0.4, 8000), false],
  ]

  function damagedBy(path: string, from: number, length: number): string {
    const bytes = readFileSync(path)
    const damaged = join(folder, `damaged-${length}-${basename(path)}`)
    writeFileSync(damaged, scramble(bytes, Math.floor(bytes.length * from), length))
    return damaged
  }

  it.each(files)('gives every frame of %s as decoding from the start does', (_, file, planned) => {
    const path = file()
    const all = VideoReader.open(path).readAll()
    expect(readFramePlan(path)?.length ?? null).toBe(planned ? all.frames : null)
    const reader = VideoReader.open(path, { scrub: true, patience: 0 })
    // A step that shares no factor with the number of frames meets each of them once.
    const step = [37, 41, 43].find((prime) => all.frames % prime !== 0)!
    for (let i = 0; i < all.frames; i++) {
      const index = ((i + 1) * step) % all.frames
      const near = reader.nearestAtHand(index)
      const picture = near === null ? null : reader.readAtHand(near, reader.info)
      if (picture) expect(frameOf(all, near!).equals(picture.data), `near ${near}`).toBe(true)
      const { data } = reader.readFrames([index])
      expect(frameOf(all, index).equals(data), `frame ${index}`).toBe(true)
    }
    const beyond = `Expected frame ${all.frames}, the video has ${all.frames} frames`
    expect(() => reader.readFrames([all.frames])).toThrow(beyond)
    reader.close()
  })

  it('decodes a keyframe alone where no frame near is known', () => {
    const reader = VideoReader.open(h264, { scrub: true })
    expect([3, 29, 31, 95].map((index) => reader.nearestAtHand(index))).toEqual([0, 20, 40, 100])
    const all = VideoReader.open(h264).readAll()
    const picture = reader.readAtHand(100, { width: 80, height: 60 })
    expect(picture).toMatchObject({ frames: 1, width: 80, height: 60 })
    const whole = reader.readAtHand(100, reader.info)
    expect(frameOf(all, 100).equals(whole!.data)).toBe(true)
    expect(reader.readAtHand(99, reader.info)).toBeNull()
  })

  it('keeps what it decoded last within its bytes', () => {
    const reader = VideoReader.open(h264, { scrub: true, recent: new RecentFrames(1e6) })
    reader.readFrames([59])
    // A frame takes 192 x 120 bytes and twice 128 x 60: 26 fit.
    expect(reader.nearestAtHand(58)).toBe(58)
    expect(reader.nearestAtHand(33)).toBe(34)
    expect(reader.nearestAtHand(24)).toBe(20)
  })

  it('can be left between two frames', () => {
    const reader = VideoReader.open(h264, { scrub: true })
    const steps = reader.approach(90)
    for (let i = 0; i < 10; i++) expect(steps.next().done).toBe(false)
    const all = VideoReader.open(h264).readAll()
    expect(frameOf(all, 7).equals(reader.readFrames([7]).data)).toBe(true)
    expect(frameOf(all, 50).equals(reader.readFrames([50]).data)).toBe(true)
    while (!steps.next().done);
    expect(frameOf(all, 90).equals(reader.readFrames([90]).data)).toBe(true)
  })
})
