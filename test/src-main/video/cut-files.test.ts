import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { extname } from 'node:path'
import { Packet } from 'node-av/lib'
import { describe } from 'vitest'
import { openInput } from '#main/video/open-input.ts'
import type { VideoProbe } from '#main/video/probe.ts'
import { avi, nothing, testBrokenFiles, whole, type BrokenFile } from './broken-file.ts'
import { fixture } from './fixtures.ts'

const mp4 = readFileSync(fixture('open-gop.mp4'))
const mkv = readFileSync(fixture('counts/h264.mkv'))

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
    what: 'bytes missing at the very end',
    make: (path) => {
      writeFileSync(path, avi)
      truncateSync(path, avi.length - 40)
    },
    expected: { ...whole },
  },
]

describe('a file that was cut off', () => testBrokenFiles(table))
