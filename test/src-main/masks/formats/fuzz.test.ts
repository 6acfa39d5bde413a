// @module-tag fuzz
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { coco } from '#main/masks/formats/coco.ts'
import { MOST_MEMORY } from '#main/masks/formats/limits.ts'
import { npz } from '#main/masks/formats/npz.ts'
import { png } from '#main/masks/formats/png.ts'
import {
  recordDetailsSchema,
  type MaskFormat,
  type MaskRecord,
  type ReadRow,
} from '#main/masks/formats/record.ts'
import { youtubeVis } from '#main/masks/formats/youtube-vis.ts'
import { NpzArchive } from '#main/masks/formats/npz-archive.ts'
import { ZipWriter } from '#main/base/files/zip-writer.ts'
import { WorkbenchError } from '#main/base/workbench-error.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'
import { changes, mutated, replaced, replacements } from './mutations.ts'
import { decision, record } from './records.ts'

/** Damaged files: each must give an error for people, or rows that are right. */
const temporaryFolder = temporaryFolders()
const TIMEOUT = 600_000
const seed = Number(process.env.FAME_FUZZ_SEED ?? Date.now() % 2 ** 31)
/** Damaged files of each kind, others in every run of the tests; `FAME_FUZZ_RUNS` sets the number. */
const runs = Number(process.env.FAME_FUZZ_RUNS ?? 500)
const options = { numRuns: runs, seed }
const windows = [
  record(),
  decision({ start: 9 }),
  record({ start: 20, width: 40, height: 30, mask: [200, 400, 600], fame: [1200] }),
  record({
    start: 60,
    byFrame: [
      { frame: 1, source: 'hand', mask: [0, 5, 10] },
      { frame: 3, source: 'propagated', mask: [15] },
    ],
  }),
]
let most = 0

beforeAll(() => {
  console.info(`FAME_FUZZ_SEED=${seed} repeats these mutations.`)
  most = process.resourceUsage().maxRSS * 1024 + MOST_MEMORY
})

afterAll(() => {
  // The largest that this process has ever been, between two readings as well.
  expect(process.resourceUsage().maxRSS * 1024).toBeLessThan(most)
})

async function written(format: MaskFormat, out: string, all: MaskRecord[] = windows) {
  const writer = await format.create(out)
  for (const one of all) await writer.write(one)
  await writer.end()
}

/** Reads all rows of a file, and checks each. */
async function readSafely(format: MaskFormat, file: string): Promise<void> {
  try {
    for await (const row of format.read(file, { unite: false })) checkRow(row)
  } catch (error) {
    checkError(error)
  }
}

function checkRow(row: ReadRow): void {
  if ('fault' in row) return expect(row.fault).toMatch(/\S/)
  const { mask, fame, byFrame = [], ...details } = row.record
  expect(recordDetailsSchema.safeParse(details).error).toBeUndefined()
  expect(new Set(byFrame.map(({ frame }) => frame)).size).toBe(byFrame.length)
  expect(byFrame.every(({ frame }) => frame < details.frames)).toBe(true)
  for (const runs of [mask, fame, ...byFrame.map((one) => one.mask)]) {
    if (!runs) continue
    expect(runs.every((run) => Number.isInteger(run) && run >= 0)).toBe(true)
    expect(runs.reduce((sum, run) => sum + run, 0)).toBe(details.width! * details.height!)
  }
}

function checkError(error: unknown): void {
  if (!(error instanceof WorkbenchError)) throw error
}

test.each([
  ['COCO', coco, 'images'],
  ['YouTube-VIS', youtubeVis, 'videos'],
  ['manifest', png, 'windows'],
] as const)(
  'JSON: %s',
  async (_, format, array) => {
    const folder = temporaryFolder()
    const out = join(folder, 'masks')
    // All windows of one video have its size.
    const all = windows.map((one) => (one.mask ? { ...one, width: 40, height: 30 } : one))
    const sized = all.map((one) => {
      const byFrame = one.byFrame?.map((own) => ({ ...own, mask: [100, 400, 700] }))
      const own = byFrame ? { byFrame } : {}
      return one.mask ? { ...one, mask: [200, 400, 600], fame: null, ...own } : one
    })
    await written(format, out, sized)
    const file = format === png ? join(out, 'manifest.json') : out
    const bytes = readFileSync(file)
    const value = JSON.parse(bytes.toString('utf8')) as Record<string, unknown>
    expect(value).toHaveProperty(array)
    const text = fc.oneof(
      changes.map((of) => mutated(bytes, of)),
      replacements.map((of) => Buffer.from(replaced(value, of))),
    )
    await fc.assert(
      fc.asyncProperty(text, async (damaged) => {
        writeFileSync(file, damaged)
        await readSafely(format, file)
      }),
      options,
    )
  },
  TIMEOUT,
)

test(
  'PNG',
  async () => {
    const folder = temporaryFolder()
    const out = join(folder, 'masks')
    await written(png, out)
    const names = (
      JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as {
        windows: { mask: string }[]
      }
    ).windows.flatMap(({ mask }) => (mask === null ? [] : [join(out, mask)]))
    const pictures = names.map((name) => readFileSync(name))
    await fc.assert(
      fc.asyncProperty(
        fc.nat(pictures.length - 1),
        changes,
        fc.boolean(),
        async (i, of, sealed) => {
          const damaged = mutated(pictures[i], of)
          writeFileSync(names[i], sealed ? withSums(damaged) : damaged)
          await readSafely(png, out)
          writeFileSync(names[i], pictures[i])
        },
      ),
      options,
    )
  },
  TIMEOUT,
)

/** With right checksums, so that it is read beyond them. */
function withSums(picture: Buffer): Buffer {
  for (let at = 8; at + 12 <= picture.length;) {
    const end = at + 8 + picture.readUInt32BE(at)
    if (end + 4 > picture.length) break
    picture.writeUInt32BE(crc32(picture.subarray(at + 4, end)), end)
    at = end + 4
  }
  return picture
}

test(
  'ZIP',
  async () => {
    const file = join(temporaryFolder(), 'a.zip')
    const zip = await ZipWriter.create(file)
    const names = ['stored', 'deflated', 'empty']
    const contents = [Buffer.from('a'), Buffer.alloc(5000, 'abc'), Buffer.alloc(0)]
    for (let i = 0; i < names.length; i++) await zip.add(names[i], contents[i])
    await zip.end()
    const bytes = readFileSync(file)
    await fc.assert(
      fc.asyncProperty(changes, async (of) => {
        writeFileSync(file, mutated(bytes, of))
        const reader = await NpzArchive.open(file).catch(checkError)
        for (const name of names) {
          const content = await reader?.read(name, 10_000).catch(checkError)
          if (content) expect(content.length).toBe(reader!.sizeOf(name))
        }
        await reader?.close()
      }),
      options,
    )
  },
  TIMEOUT,
)

test(
  'NumPy',
  async () => {
    const file = join(temporaryFolder(), 'masks.npz')
    await written(npz, file)
    const bytes = readFileSync(file)
    const arrays = await arraysOf(file)
    const damaged = fc.oneof(
      changes.map((of) => ({ of, array: null })),
      fc.record({ of: changes, array: fc.nat(arrays.length - 1) }),
    )
    await fc.assert(
      fc.asyncProperty(damaged, async ({ of, array }) => {
        if (array === null) writeFileSync(file, mutated(bytes, of))
        else
          await archive(
            `${file}.new`,
            arrays.with(array, [arrays[array][0], mutated(arrays[array][1], of)]),
          )
        await readSafely(npz, array === null ? file : `${file}.new`)
      }),
      options,
    )
  },
  TIMEOUT,
)

type Arrays = [name: string, bytes: Buffer][]

async function arraysOf(file: string): Promise<Arrays> {
  const columns = [
    'path',
    'dataset',
    'class',
    'state',
    'start',
    'frames',
    'stride',
    'width',
    'height',
  ]
  const others = ['beta', 'details', 'details_offset', 'mask_000000', 'fame_000000', 'mask_000002']
  const reader = await NpzArchive.open(file)
  const arrays: Arrays = []
  for (const name of [...columns, ...others]) {
    arrays.push([name, await reader.read(`${name}.npy`, 2 ** 20)])
  }
  await reader.close()
  return arrays
}

async function archive(file: string, arrays: Arrays): Promise<void> {
  rmSync(file, { force: true })
  const zip = await ZipWriter.create(file)
  for (const [name, bytes] of arrays) await zip.add(`${name}.npy`, bytes)
  await zip.end()
}
