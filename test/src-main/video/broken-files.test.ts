import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { extname, join } from 'node:path'
import { Packet } from 'node-av/lib'
import { afterAll, describe, expect, it } from 'vitest'
import { DecoderPool } from '#main/video/decoder-pool.ts'
import { openInput } from '#main/video/open-input.ts'
import { probeVideo, type VideoProbe } from '#main/video/probe.ts'
import { fixture, scramble, temporaryFolder } from './fixtures.ts'

const folder = temporaryFolder()
const avi = readFileSync(fixture('packed-b-frames.avi'))
const mp4 = readFileSync(fixture('open-gop.mp4'))
const mkv = readFileSync(fixture('counts/h264.mkv'))
/** Root may read everything. */
const isRoot = process.getuid?.() === 0

interface BrokenFile {
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

/** Where the AVI's list of frames begins, and the MP4's pictures. */
const moviOf = (bytes: Buffer): number => bytes.indexOf('movi')
/** Frame counts of an AVI's file header and stream header. */
const withHeaderFrames = (bytes: Buffer, frames: number): Buffer => {
  const changed = Buffer.from(bytes)
  changed.writeUInt32LE(frames, changed.indexOf('avih') + 8 + 16)
  changed.writeUInt32LE(frames, changed.indexOf('strh') + 8 + 32)
  return changed
}
const whole = { frames: 104, width: 720, height: 528, error: null, errorKind: null } as const
const nothing = { frames: null, width: null, codec: null, verified: false } as const

/** A video that ends behind its first packets, of which a decoder makes so many frames. */
function cutBetweenPackets(
  name: string,
  frames: number,
  expected: Partial<VideoProbe> = {},
): BrokenFile[] {
  const make = (path: string): void => {
    const bytes = readFileSync(fixture(name))
    writeFileSync(path, bytes.subarray(0, packetPlaces(fixture(name))[frames]))
  }
  const what = `${name} cut off between two packets`
  const known = { frames, verified: true, errorKind: 'damaged' as const, ...expected }
  return [{ what, name: `broken${extname(name)}`, make, expected: known }]
}

/** A video of which this part is left, and how many frames a decoder makes of that. */
function cutWithinPictures(name: string, part: number, frames: number): BrokenFile[] {
  const make = (path: string): void => {
    const bytes = readFileSync(fixture(name))
    writeFileSync(path, bytes.subarray(0, Math.floor(bytes.length * part)))
  }
  const expected = { frames, verified: true, errorKind: 'damaged' as const }
  return [{ what: `${name} cut off at ${part}`, name: `broken${extname(name)}`, make, expected }]
}

/** Where the packets of a video begin, in bytes from the beginning of its file. */
function packetPlaces(path: string): number[] {
  const input = openInput(path)
  const packet = new Packet()
  packet.alloc()
  const places: number[] = []
  while (input.format.readFrameSync(packet) >= 0) {
    places.push(Number(packet.pos))
    packet.unref()
  }
  packet.free()
  input.close()
  return places
}

const table: BrokenFile[] = [
  {
    what: 'zero bytes',
    make: (path) => writeFileSync(path, ''),
    expected: { ...nothing, size: 0, hash: null, errorKind: 'empty' },
  },
  {
    what: 'text under a video name',
    make: (path) =>
      writeFileSync(path, 'The quick brown fox jumps over the lazy dog.\n'.repeat(50)),
    expected: { ...nothing, size: 2250, errorKind: 'not-video' },
  },
  {
    what: 'nothing but zeros',
    make: (path) => writeFileSync(path, Buffer.alloc(100_000)),
    expected: { ...nothing, errorKind: 'not-video' },
  },
  {
    what: 'no video stream',
    make: (path) => copyFileSync(fixture('audio-only.avi'), path),
    expected: { ...nothing, errorKind: 'no-video-stream' },
  },
  {
    what: 'sound with a cover picture',
    name: 'broken.mp4',
    make: (path) => copyFileSync(fixture('audio_with_cover.mp4'), path),
    expected: { ...nothing, errorKind: 'no-video-stream' },
  },
  {
    what: 'an AVI cut off within its header',
    make: (path) => writeFileSync(path, avi.subarray(0, 100)),
    expected: { ...nothing, errorKind: 'not-video' },
  },
  {
    what: 'an AVI cut off in the middle',
    make: (path) => writeFileSync(path, avi.subarray(0, 200_000)),
    expected: { frames: 57, headerFrames: 104, verified: true, errorKind: 'damaged' },
  },
  {
    what: 'an MP4 whose index at the end is cut off',
    name: 'broken.mp4',
    make: (path) => writeFileSync(path, mp4.subarray(0, mp4.indexOf('moov') - 4)),
    expected: { ...nothing, errorKind: 'not-video' },
  },
  ...cutBetweenPackets('counts/mjpeg.avi', 25, { headerFrames: 40 }),
  ...cutBetweenPackets('counts/h264.avi', 25, { headerFrames: 40 }),
  ...cutBetweenPackets('counts/h264.mkv', 24),
  ...cutBetweenPackets('counts/vp9.webm', 24),
  ...cutBetweenPackets('containers/moov-first.mp4', 7, { headerFrames: 12 }),
  ...cutBetweenPackets('containers/fragments.mp4', 7),
  ...cutBetweenPackets('containers/animation.gif', 7),
  ...cutBetweenPackets('containers/picture.apng', 7),
  ...cutBetweenPackets('containers/flash.flv', 7),
  ...cutBetweenPackets('containers/material.mxf', 7),
  ...cutWithinPictures('containers/animation.gif', 0.6, 6),
  ...cutWithinPictures('containers/theora.ogv', 0.99, 12),
  ...cutWithinPictures('containers/asf.wmv', 0.8, 12),
  ...cutWithinPictures('containers/stream.m2t', 0.6, 6),
  ...cutWithinPictures('containers/stream.m2ts', 0.6, 9),
  ...cutWithinPictures('counts/mpeg2.mpg', 0.6, 35),
  {
    what: 'an Ogg file that ends behind a page that is not its last',
    name: 'broken.ogv',
    make: (path) => {
      const bytes = readFileSync(fixture('containers/theora.ogv'))
      writeFileSync(path, bytes.subarray(0, bytes.lastIndexOf('OggS')))
    },
    expected: { verified: true, errorKind: 'damaged' },
  },
  {
    what: 'a GIF that lacks its end mark alone',
    name: 'broken.gif',
    make: (path) => {
      const bytes = readFileSync(fixture('containers/animation.gif'))
      writeFileSync(path, bytes.subarray(0, -1))
    },
    expected: { frames: 12, verified: true, errorKind: 'damaged' },
  },
  ...[
    { name: 'theora.ogv', junk: 'TAG of some player' },
    { name: 'animation.gif', junk: 'written by some program' },
    { name: 'stream.m2t', junk: '\0\0\0\0' },
    { name: 'program.vob', junk: '\0\0\0\0' },
    { name: 'flash.flv', junk: '' },
    { name: 'asf.wmv', junk: 'x' },
    { name: 'material.mxf', junk: 'x' },
    { name: 'picture.apng', junk: 'x' },
  ].map(({ name, junk }) => ({
    what: `${name} whole, with ${junk.length} bytes behind it`,
    name: `whole${extname(name)}`,
    make: (path: string) => {
      const bytes = readFileSync(fixture(`containers/${name}`))
      writeFileSync(path, Buffer.concat([bytes, Buffer.from(junk)]))
    },
    expected: { error: null },
  })),
  {
    what: 'a Matroska file that lacks its index alone',
    name: 'broken.mkv',
    make: (path) => writeFileSync(path, mkv.subarray(0, -30)),
    expected: { frames: 40, verified: true, error: null },
  },
  {
    what: 'an AVI that lacks its index alone',
    make: (path) => writeFileSync(path, avi.subarray(0, -30)),
    expected: { ...whole, verified: true },
  },
  {
    what: 'pictures that are all zeros',
    make: (path) => {
      const bytes = Buffer.from(avi)
      bytes.fill(0, moviOf(avi) + 4, bytes.length - 104 * 16)
      writeFileSync(path, bytes)
    },
    expected: { width: 720, frames: 0, verified: true, errorKind: 'no-frame' },
  },
  {
    what: 'damage in the middle that the container shows',
    make: (path) => writeFileSync(path, scramble(avi, 150_000, 40_000)),
    expected: { headerFrames: 104, verified: true, errorKind: 'damaged' },
  },
  {
    what: 'damage in the middle within one picture',
    make: (path) => writeFileSync(path, scramble(avi, largestPacket() + 500, 300)),
    expected: { ...whole, verified: false },
    verified: { verified: true, errorKind: 'damaged' },
  },
  {
    what: 'a header that counts too many frames',
    make: (path) => writeFileSync(path, withHeaderFrames(avi, 999)),
    expected: { ...whole, headerFrames: 999, verified: true },
  },
  {
    what: 'a header that counts too few frames',
    make: (path) => writeFileSync(path, withHeaderFrames(avi, 7)),
    expected: { ...whole, headerFrames: 7, verified: true },
  },
  {
    what: 'a file that nobody may read',
    make: (path) => {
      writeFileSync(path, avi)
      chmodSync(path, 0)
    },
    expected: { ...nothing, hash: null, errorKind: 'unreadable' },
    needsUser: true,
  },
  {
    what: 'a folder under a video name',
    make: (path) => mkdirSync(path),
    expected: { ...nothing, hash: null, errorKind: 'unreadable' },
  },
  {
    what: 'a pipe that nobody writes to',
    make: (path) => void execFileSync('mkfifo', [path]),
    expected: { ...nothing, hash: null, errorKind: 'unreadable' },
  },
  {
    what: 'a link to nowhere',
    make: (path) => symlinkSync(join(folder, 'nowhere.avi'), path),
    expected: { ...nothing, size: null, hash: null, errorKind: 'unreadable' },
  },
  {
    what: 'a link to itself',
    make: (path) => symlinkSync(path, path),
    expected: { ...nothing, size: null, errorKind: 'unreadable' },
  },
  {
    what: 'bytes missing at the very end',
    make: (path) => {
      writeFileSync(path, avi)
      truncateSync(path, avi.length - 40)
    },
    expected: { ...whole },
  },
  ...[
    { what: 'a line break in the name', name: 'two\nlines.avi' },
    { what: 'emoji in the name', name: 'run 🏃‍♀️ fast.avi' },
    { what: 'a name of 255 bytes', name: `${'x'.repeat(251)}.avi` },
    { what: 'a name that FFmpeg might read as a pattern or an address', name: 'http:%03d*?.avi' },
  ].map((file) => ({
    ...file,
    make: (path: string) => writeFileSync(path, avi),
    expected: { ...whole, verified: false },
  })),
]

/** Where the largest packet of the AVI begins, by its index. */
function largestPacket(): number {
  let [best, at] = [0, 0]
  for (let entry = avi.lastIndexOf('idx1') + 8; entry + 16 <= avi.length; entry += 16) {
    const size = avi.readUInt32LE(entry + 12)
    if (size > best) [best, at] = [size, avi.readUInt32LE(entry + 8)]
  }
  return moviOf(avi) + at + 8
}

describe('a broken file', () => {
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
})
