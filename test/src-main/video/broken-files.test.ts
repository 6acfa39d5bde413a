import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe } from 'vitest'
import { avi, nothing, testBrokenFiles, whole, type BrokenFile } from './broken-file.ts'
import { fixture, scramble } from './fixtures.ts'

/** Where the list of frames begins. */
const movi = avi.indexOf('movi')
/** Frame counts of an AVI's file header and stream header. */
const withHeaderFrames = (bytes: Buffer, frames: number): Buffer => {
  const changed = Buffer.from(bytes)
  changed.writeUInt32LE(frames, changed.indexOf('avih') + 8 + 16)
  changed.writeUInt32LE(frames, changed.indexOf('strh') + 8 + 32)
  return changed
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
    what: 'pictures that are all zeros',
    make: (path) => {
      const bytes = Buffer.from(avi)
      bytes.fill(0, movi + 4, bytes.length - 104 * 16)
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
    make: (path) => symlinkSync(join(path, '..', 'nowhere.avi'), path),
    expected: { ...nothing, size: null, hash: null, errorKind: 'unreadable' },
  },
  {
    what: 'a link to itself',
    make: (path) => symlinkSync(path, path),
    expected: { ...nothing, size: null, errorKind: 'unreadable' },
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
  return movi + at + 8
}

describe('a broken file', () => testBrokenFiles(table))
