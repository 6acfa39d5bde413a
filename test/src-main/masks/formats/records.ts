import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { encodeRuns } from '#shared/masks/runs.ts'
import type { MaskFormat, MaskRecord, ReadOptions, ReadRow } from '#main/masks/formats/record.ts'

/** A window of a small video, as it leaves a project. */
export function record(fields: Partial<MaskRecord> = {}): MaskRecord {
  return {
    dataset: 'sample',
    path: 'Spin/v_Spin_g01_c01.avi',
    class: 'Spin',
    length: 40,
    start: 4,
    frames: 4,
    stride: 3,
    width: 5,
    height: 3,
    state: 'corrected',
    notes: 'The hand was missing: "left", ein Stück 🙂\nsecond line',
    beta: 0.3,
    author: 'Ada',
    changedAt: '2026-11-22T03:00:00.000Z',
    origin: { beta: 0.5, variant: 'fame', adaptive: false, compensate: true, size: 112 },
    fame: [3, 4, 8],
    mask: [2, 6, 7],
    orientation: 'shown',
    ...fields,
  }
}

/** A window that was only decided on. */
export function decision(fields: Partial<MaskRecord> = {}): MaskRecord {
  const none = { width: null, height: null, origin: null, fame: null, mask: null }
  return record({ ...none, state: 'rejected', ...fields })
}

/** Random windows, each at a place of its own, with masks of random sizes. */
export const records: fc.Arbitrary<MaskRecord[]> = fc
  .array(
    fc
      .record({ width: fc.integer({ min: 1, max: 24 }), height: fc.integer({ min: 1, max: 24 }) })
      .chain(({ width, height }) => {
        const pixels = fc.array(fc.constantFrom(0, 1), {
          minLength: width * height,
          maxLength: width * height,
        })
        return fc.record({
          mask: pixels.map((values) => encodeRuns(Uint8Array.from(values))),
          fame: pixels.map((values) => encodeRuns(Uint8Array.from(values))),
          width: fc.constant(width),
          height: fc.constant(height),
          stride: fc.integer({ min: 1, max: 4 }),
          frames: fc.integer({ min: 2, max: 6 }),
          state: fc.constantFrom('untouched', 'corrected', 'approved', 'rejected'),
          beta: fc.option(fc.double({ min: 0.01, max: 0.99, noNaN: true })),
          notes: fc.string({ unit: 'grapheme', maxLength: 20 }),
          class: fc.option(fc.string({ minLength: 1, maxLength: 8 })),
          dataset: fc.option(fc.constantFrom('one', 'two: "three"')),
        })
      }),
    { minLength: 1, maxLength: 8 },
  )
  .map((all) =>
    all.map(({ state, ...fields }, i) =>
      record({ ...fields, state: state as MaskRecord['state'], start: i, path: `c/${i % 3}.avi` }),
    ),
  )

/** Writes windows and reads them back. */
export async function passThrough(
  format: MaskFormat,
  written: readonly MaskRecord[],
): Promise<{ carried: boolean[]; rows: ReadRow[] }> {
  return inFolder(async (folder) => {
    const out = join(folder, 'masks')
    const writer = await format.create(out)
    const carried: boolean[] = []
    for (const one of written) carried.push(await writer.write(one))
    await writer.end()
    return { carried, rows: await rowsOf(format, out) }
  })
}

export async function rowsOf(
  format: MaskFormat,
  file: string,
  options: ReadOptions = { unite: false },
): Promise<ReadRow[]> {
  const rows: ReadRow[] = []
  for await (const row of format.read(file, options)) rows.push(row)
  return rows
}

/** What fitted, and what is wrong with the rest. */
export function recordsOf(rows: readonly ReadRow[]): MaskRecord[] {
  return rows.flatMap((row) => ('record' in row ? [row.record] : []))
}

export function faultsOf(rows: readonly ReadRow[]): string[] {
  return rows.flatMap((row) => ('fault' in row ? [`${row.where}: ${row.fault}`] : []))
}

/** Runs `work` in a folder that is gone afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'masks-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
