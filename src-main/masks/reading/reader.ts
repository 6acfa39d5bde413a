/**
 * Entry of the process that reads a file of masks. Whatever such a file asks for, in time or in
 * memory, it asks of this process alone, which the host can end at any moment.
 */
import { packFrames } from '#shared/masks/frame-masks.ts'
import { packRuns } from '#shared/masks/packed-runs.ts'
import { WorkbenchError } from '../../base/workbench-error.ts'
import { maskFormat, recogniseFormat } from '../formats/formats.ts'
import { toFrameMasks } from '../formats/frame-records.ts'
import type { ReadRow } from '../formats/record.ts'
import type { FromReader, PackedRow, ReadingTask, ToReader } from './reader-protocol.ts'

/** Milliseconds between two signs of life. */
const SIGN_EVERY = 1000
/** Rows, and bytes of their masks, that are sent together: the host takes them in at one go. */
const MOST_ROWS = 50
const MOST_BYTES = 256 * 1024
/** Characters of what is said of a row; a file may have names of any length. */
const LONGEST_MESSAGE = 500

let taken = Promise.withResolvers<null>()

process.on('message', (message: ToReader) => {
  if (message.type === 'next') taken.resolve(null)
  else void work(message.task)
})
process.on('disconnect', () => process.exit())

async function work(task: ReadingTask): Promise<void> {
  const signs = setInterval(() => tell({ type: 'alive' }), SIGN_EVERY)
  try {
    await read(task)
    tell({ type: 'end' })
  } catch (error) {
    tell(failureOf(error, task.file))
  } finally {
    clearInterval(signs)
  }
}

async function read({ file, format, unite }: ReadingTask): Promise<void> {
  const name = format === 'auto' ? await recogniseFormat(file) : format
  await hand({ type: 'format', format: name })
  let rows: PackedRow[] = []
  let bytes = 0
  for await (const row of (await maskFormat(name)).read(file, { unite })) {
    const packed = pack(row)
    rows.push(packed)
    if ('record' in packed) {
      const { mask, fame, byFrame } = packed.record
      bytes += sizeOf(mask) + sizeOf(fame) + sizeOf(byFrame)
    }
    if (rows.length < MOST_ROWS && bytes < MOST_BYTES) continue
    await hand({ type: 'rows', rows })
    rows = []
    bytes = 0
  }
  if (rows.length > 0) await hand({ type: 'rows', rows })
}

/** Sends a message, and waits until the host has taken it in. */
async function hand(message: FromReader): Promise<void> {
  taken = Promise.withResolvers()
  tell(message)
  await taken.promise
}

function tell(message: FromReader): void {
  process.send?.(message)
}

function pack(row: ReadRow): PackedRow {
  if ('fault' in row) {
    const { where, path, fault, outcome = 'damaged' } = row
    return { where: cut(where), path: path && cut(path), fault: cut(fault), outcome }
  }
  const { where, record, note = null, needsLength = false } = row
  const { mask, fame, byFrame = [], frames, width, height } = record
  const shape = { frames, pixels: (width ?? 0) * (height ?? 0) }
  const packed = {
    ...record,
    mask: mask && packRuns(mask),
    fame: fame && packRuns(fame),
    byFrame: mask && packFrames(toFrameMasks(byFrame), shape),
  }
  return { where: cut(where), record: packed, note: note && cut(note), needsLength }
}

function sizeOf(mask: Uint8Array | null): number {
  return mask?.length ?? 0
}

function cut(text: string): string {
  return text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)} ...` : text
}

function failureOf(error: unknown, file: string): FromReader {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof WorkbenchError) return { type: 'failed', message, known: true }
  // Errors of the file system, and of sizes that nothing can have.
  const isFile = error instanceof Error && ('syscall' in error || error instanceof RangeError)
  const known = `${file} cannot be read (${message}). Export or copy it again.`
  return isFile
    ? { type: 'failed', message: known, known: true }
    : { type: 'failed', message, known: false }
}
