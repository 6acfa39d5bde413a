import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { ClipWindow, MaskRuns } from '#shared/contract/mask-windows.ts'
import { MaskError } from '#shared/masks/mask.ts'
import { WorkbenchError } from '../../base/workbench-error.ts'
import { union } from './coco-rle.ts'
import { readSegmentation, rleSchema } from './coco-segmentation.ts'
import { readOwnFrames, type FrameRecord } from './frame-records.ts'
import { arrayItems, parsed, type ArrayItem } from './json-arrays.ts'
import { readLabels, type LabelPicture } from './png-labels.ts'
import {
  fieldsOf,
  issuesOf,
  recordDetailsSchema,
  type ReadOptions,
  type ReadRow,
} from './record.ts'

/** What the layout has no place for. */
export const MANIFEST = 'fame_workbench.json'
/** Frames that a clip has at most; a longer sequence becomes several clips. */
const MOST_FRAMES = 128

const sequenceSchema = recordDetailsSchema.extend({
  /** Name of a folder of pictures. */
  sequence: z.string().regex(/^[\w-][\w.-]*$/, 'expected the name of a folder'),
  /** The mask of the clip, where frames have their own. */
  clip: rleSchema.optional(),
})

/** @param from the folder that has `Annotations` */
export async function* readDavis(
  from: string,
  { unite }: ReadOptions,
): AsyncGenerator<ReadRow, void, undefined> {
  const pictures = await picturesFolder(from)
  const manifest = join(from, MANIFEST)
  const isOwn = await stat(manifest).then(
    (stats) => stats.isFile(),
    () => false,
  )
  if (isOwn) {
    for await (const item of arrayItems(manifest, ['sequences']))
      yield ownRow(item, pictures, unite)
    return
  }
  for (const name of await namesIn(pictures)) yield* foreignRows(pictures, name, unite)
}

/** `Annotations/480p`, or whichever size there is; `Annotations` itself where it has the sequences. */
async function picturesFolder(from: string): Promise<string> {
  const folder = join(from, 'Annotations')
  const names = await namesIn(folder)
  if (names.includes('480p')) return join(folder, '480p')
  for (const name of names) {
    if ((await readdir(join(folder, name))).some(isPicture)) return folder
  }
  for (const name of names) {
    if ((await namesIn(join(folder, name))).length > 0) return join(folder, name)
  }
  throw new WorkbenchError(
    `${folder} has no masks. Expected 480p/<sequence>/00000.png or <sequence>/00000.png in it.`,
  )
}

function isPicture(file: string): boolean {
  return /^\d+\.png$/i.test(file)
}

async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new WorkbenchError(
      `${folder} cannot be read (${(error as Error).message}). Copy it again.`,
    )
  })
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort()
}

/** What an export of a workbench says of a clip, with the pictures of its frames. */
async function ownRow(item: ArrayItem, pictures: string, unite: boolean): Promise<ReadRow> {
  const where = `sequence ${item.index + 1}`
  const { data, error } = sequenceSchema.safeParse(parsed(item))
  if (!data) return { where, path: null, fault: `${issuesOf(error)}.` }
  const { sequence, clip, ownFrames = [], ...details } = data
  try {
    const pictureAt = (frame: number, size: Size) =>
      pictureOf(join(pictures, sequence), numbered(details.start + frame * details.stride), size)
    const { width, height, runs } = await pictureAt(0, details)
    const size = { width, height }
    const masks = new Map<number, MaskRuns>()
    for (const [frame] of ownFrames) masks.set(frame, (await pictureAt(frame, size)).runs)
    const byFrame = readOwnFrames(ownFrames, details.frames, (frame) => masks.get(frame)!)
    const shown = clip ? readSegmentation(clip, size).runs : runs
    const whole = { ...details, ...size, fame: null }
    if (byFrame.length === 0) return { where, record: { ...whole, mask: shown } }
    if (!unite) return { where, record: { ...whole, mask: shown, byFrame } }
    const all = [shown, ...masks.values()]
    return { where, record: { ...whole, mask: union(all, width * height) } }
  } catch (thrown) {
    if (!(thrown instanceof MaskError || thrown instanceof WorkbenchError)) throw thrown
    return { where, path: details.path, fault: thrown.message }
  }
}

/** Pixels that a picture should have; null where any are right. */
interface Size {
  width: number | null
  height: number | null
}

/** @throws MaskError when the picture cannot be read or is of another size */
async function pictureOf(folder: string, name: string, size: Size): Promise<LabelPicture> {
  const picture = await readLabels(join(folder, name))
  const { width, height } = picture
  if ((size.width ?? width) === width && (size.height ?? height) === height) return picture
  throw new MaskError(
    `Its picture ${name} has ${width} x ${height} pixels, but ${size.width} x ${size.height} were ` +
      `expected. Save all pictures of a sequence at one size.`,
  )
}

/** The clips of a sequence of another program: every label but 0 is foreground. */
async function* foreignRows(
  pictures: string,
  sequence: string,
  unite: boolean,
): AsyncGenerator<ReadRow, void, undefined> {
  const folder = join(pictures, sequence)
  const names = new Map<number, string>()
  for (const file of (await readdir(folder)).filter(isPicture).sort()) {
    const number = parseInt(file, 10)
    const other = names.get(number)
    if (other !== undefined) {
      const fault = `Its pictures ${other} and ${file} have the same number. Remove one of them.`
      yield { where: `sequence ${sequence}`, path: sequence, fault }
      return
    }
    names.set(number, file)
  }
  const numbers = [...names.keys()].sort((a, b) => a - b)
  const stride = numbers.slice(1).reduce((common, n, i) => gcd(common, n - numbers[i]), 0)
  for (let at = 0; at < numbers.length; at += MOST_FRAMES) {
    const part = numbers.slice(at, at + MOST_FRAMES)
    const where = `sequence ${sequence}, frames ${part[0]} to ${part[part.length - 1]}`
    const read = (n: number, size: Size) => pictureOf(folder, names.get(n)!, size)
    const window = { start: part[0], frames: part.length, stride: Math.max(1, stride) }
    yield await foreignRow({ where, path: sequence, window, part, unite, read })
  }
}

interface Part {
  where: string
  path: string
  window: Omit<ClipWindow, 'videoId'>
  /** Numbers of its frames. */
  part: readonly number[]
  unite: boolean
  read: (number: number, size: Size) => Promise<LabelPicture>
}

async function foreignRow({ where, path, window, part, unite, read }: Part): Promise<ReadRow> {
  try {
    const isEven = part.every((n, i) => n === window.start + i * window.stride)
    if (!isEven) throw new MaskError('Some of its frames have no picture. Add them.')
    const first = await read(part[0], { width: null, height: null })
    const { width, height } = first
    const masks = [first]
    for (const number of part.slice(1)) masks.push(await read(number, { width, height }))
    const clip = union(
      masks.map(({ runs }) => runs),
      width * height,
    )
    const details = recordDetailsSchema.safeParse({ path, ...window, width, height })
    if (!details.success) return { where, path, fault: `${issuesOf(details.error)}.` }
    const record = { ...fieldsOf(details.data), fame: null, mask: clip }
    if (unite) return { where, record }
    const byFrame = masks.map(({ runs }, frame): FrameRecord => ({
      frame,
      source: 'hand',
      mask: runs,
    }))
    const note = 'Its mask is the union of the masks of its frames. Each frame has its own.'
    return { where, record: { ...record, byFrame }, note }
  } catch (thrown) {
    if (!(thrown instanceof MaskError || thrown instanceof WorkbenchError)) throw thrown
    return { where, path, fault: thrown.message }
  }
}

/** The picture of a frame, by its number in the video. */
export function numbered(frame: number, ending = 'png'): string {
  return `${String(frame).padStart(5, '0')}.${ending}`
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b)
}
