import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { EventFile } from '#main/tensorboard/event-file.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { crc32c, readEvents } from './read-events.ts'

const temporaryFolder = temporaryFolders()
const now = () => 1_700_000_000.5

it('is read back with checksums of CRC-32C', () => {
  // RFC 3720, B.4, and the check value of the catalogue of parametrised CRC algorithms.
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e)
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)

  const { file, ...events } = written()
  const [version, start, ...steps] = readEvents(file)
  expect(version).toMatchObject({ fileVersion: 'brain.Event:2', wallTime: now() })
  expect(start).toEqual({ wallTime: now(), step: 1, session: 1, values: {} })
  expect(steps).toEqual([
    {
      wallTime: 1_600_000_001.25,
      step: 1,
      values: { 'loss/loss': 2.5, 'accuracy/top5': 0.25 },
    },
    { wallTime: now(), step: 2 ** 33, values: { 'loss/loss': Math.fround(0.1), mine: -3 } },
  ])
  expect(events.name).toMatch(/^events\.out\.tfevents\.1700000000\.[\w-]+$/)
})

it('notices a changed byte', () => {
  const { file } = written()
  const bytes = readFileSync(file)
  bytes[bytes.length - 8] ^= 1
  writeFileSync(file, bytes)
  expect(() => readEvents(file)).toThrow('is not that of the data')
})

it('of a later session comes after the others and voids their later steps', () => {
  const folder = temporaryFolder()
  for (const firstStep of [1, 21, 11]) new EventFile(folder, { firstStep, now })
  const files = readdirSync(folder).sort()
  expect(files.map((name) => name.split('.')[3])).toEqual([
    '1700000000',
    '1700000001',
    '1700000002',
  ])
  const starts = files.map((name) => readEvents(join(folder, name))[1])
  expect(starts.map(({ session, step }) => [session, step])).toEqual([
    [1, 1],
    [1, 21],
    [1, 11],
  ])
})

function written(): { file: string; name: string } {
  const folder = temporaryFolder()
  const events = new EventFile(folder, { firstStep: 1, now })
  events.append([
    { step: 1, name: 'loss', value: 2.5 },
    { step: 1, name: 'top5', value: 0.25 },
    { step: 1, name: 'time', value: 1_600_000_001.25 },
    { step: 1, name: 'session', value: 1_600_000_000 },
  ])
  events.append([
    { step: 2 ** 33, name: 'loss', value: 0.1 },
    { step: 2 ** 33, name: 'mine', value: -3 },
  ])
  events.append([])
  const [name] = readdirSync(folder)
  return { file: events.file, name }
}
