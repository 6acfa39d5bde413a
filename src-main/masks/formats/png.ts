/**
 * A folder of PNG pictures with `manifest.json`: one picture for each mask, in folders named after
 * the videos, and one of FAME's mask where that differs. Pictures are written with 8 bits, 0 and
 * 255; label pictures of any kind are read. The manifest has everything else.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { z } from 'zod'
import type { MaskRuns } from '#shared/contract/mask-windows.ts'
import { MaskError } from '#shared/masks/mask.ts'
import { decodeRuns } from '#shared/masks/runs.ts'
import { WorkbenchError } from '../../base/workbench-error.ts'
import { readOwnFrames, shownFrames } from './frame-records.ts'
import { arrayItems, parsed, type ArrayItem } from './json-arrays.ts'
import { readLabels, type LabelPicture } from './png-labels.ts'
import {
  detailsOf,
  issuesOf,
  recordDetailsSchema,
  type MaskFormat,
  type MaskRecord,
  type MaskWriter,
  type ReadRow,
  type RecordDetails,
} from './record.ts'
import { TextFile } from './text-file.ts'

const MANIFEST = 'manifest.json'
/** Grey value of the foreground. */
const FOREGROUND = 255

/** Only where pictures are written or read: a window loads no native module but SQLite to start. */
const lazySharp = async () => (await import('sharp')).default

export const png: MaskFormat = { create: createPng, read: readPng }

async function createPng(out: string): Promise<MaskWriter> {
  await mkdir(out)
  const manifest = await TextFile.create(join(out, MANIFEST))
  const about = { format: 'fame-workbench-masks', version: 1, made: new Date().toISOString() }
  await manifest.write(`{"about":${JSON.stringify(about)},"windows":[\n`)
  return new PngWriter(out, manifest)
}

class PngWriter implements MaskWriter {
  private readonly folder: string
  private readonly manifest: TextFile
  private before = ''

  constructor(folder: string, manifest: TextFile) {
    this.folder = folder
    this.manifest = manifest
  }

  async write(record: MaskRecord): Promise<boolean> {
    const { dataset, path, start, frames, stride, mask, fame, byFrame = [] } = record
    const folder = ['masks', ...(dataset === null ? [] : [folderName(dataset)]), path].join('/')
    const name = `${folder}/${start}-${frames}x${stride}`
    const hasOwnFame = fame !== null && mask !== null && !sameRuns(fame, mask)
    const files = {
      mask: mask && `${name}.png`,
      fame: hasOwnFame ? `${name}.fame.png` : fame && `${name}.png`,
    }
    if (mask !== null) await this.picture(files.mask!, mask, record)
    if (hasOwnFame) await this.picture(files.fame!, fame, record)
    const sequence = mask !== null && byFrame.length > 0 ? { sequence: name } : {}
    if (sequence.sequence) await this.pictures(name, record)
    const details = { ...detailsOf(record), ...files, ...sequence }
    await this.manifest.write(this.before + JSON.stringify(details))
    this.before = ',\n'
    return true
  }

  async end(): Promise<void> {
    await this.manifest.write('\n]}\n')
    await this.manifest.end()
  }

  abort(): Promise<void> {
    return this.manifest.close()
  }

  /** A picture for each frame, named by its number in the video. */
  private async pictures(folder: string, record: MaskRecord): Promise<void> {
    const shown = shownFrames(record.frames, record.mask!, record.byFrame ?? [])
    for (const [t, runs] of shown.entries()) {
      await this.picture(`${folder}/${framePicture(record, t)}`, runs, record)
    }
  }

  private async picture(name: string, runs: MaskRuns, { width, height }: MaskRecord) {
    const file = join(this.folder, name)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, await encodePng(runs, width!, height!))
  }
}

function framePicture({ start, stride }: MaskRecord | RecordDetails, frame: number): string {
  return `${String(start + frame * stride).padStart(5, '0')}.png`
}

/** @param runs row-major, covering height x width */
export async function encodePng(runs: MaskRuns, width: number, height: number): Promise<Buffer> {
  const pixels = decodeRuns(runs, width * height).map((value) => value * FOREGROUND)
  const raw = { width, height, channels: 1 } as const
  const sharp = await lazySharp()
  return sharp(pixels, { raw }).toColourspace('b-w').png().toBuffer()
}

/** A picture's path within the folder. */
const pictureName = z.string().min(1).max(4096).nullable().default(null)
const windowSchema = recordDetailsSchema.extend({
  mask: pictureName,
  fame: pictureName,
  /** Folder with a picture for each frame. */
  sequence: pictureName,
})

/** @param from the folder, or its manifest */
async function* readPng(from: string): AsyncGenerator<ReadRow, void, undefined> {
  const manifest = from.endsWith('.json') ? from : join(from, MANIFEST)
  for await (const item of arrayItems(manifest, ['windows'])) {
    yield await windowRow(item, dirname(manifest))
  }
}

async function windowRow(item: ArrayItem, folder: string): Promise<ReadRow> {
  const where = `window ${item.index + 1}`
  const { data, error } = windowSchema.safeParse(parsed(item))
  if (!data) return { where, path: null, fault: `${issuesOf(error)}.` }
  const { mask: maskFile, fame: fameFile, sequence, ownFrames = [], ...details } = data
  if (maskFile === null) return { where, record: { ...details, mask: null, fame: null } }
  try {
    const { runs, note, ...size } = await pictureAt(folder, maskFile, details)
    const read = async (name: string) =>
      name === maskFile ? runs : (await pictureAt(folder, name, size)).runs
    const fame = fameFile === null ? null : await read(fameFile)
    const all = sequence === null ? [] : ownFrames
    const pictures = new Map<number, MaskRuns>()
    for (const [frame] of all) {
      const file = `${sequence}/${framePicture(details, frame)}`
      pictures.set(frame, (await pictureAt(folder, file, size)).runs)
    }
    const byFrame = readOwnFrames(all, details.frames, (frame) => pictures.get(frame)!)
    const frames = byFrame.length > 0 ? { byFrame } : {}
    return { where, record: { ...details, ...size, mask: runs, fame, ...frames }, note }
  } catch (error) {
    if (!(error instanceof MaskError || error instanceof WorkbenchError)) throw error
    return { where, path: details.path, fault: error.message }
  }
}

/** @throws MaskError when the picture lies elsewhere, cannot be read, or is of another size */
async function pictureAt(
  folder: string,
  name: string,
  size: { width: number | null; height: number | null },
): Promise<LabelPicture> {
  const file = resolve(folder, name)
  if (!file.startsWith(resolve(folder) + sep)) {
    throw new MaskError(`Its picture ${name} is outside the folder of the manifest.`)
  }
  const picture = await readLabels(file)
  const { width, height } = picture
  if ((size.width ?? width) !== width || (size.height ?? height) !== height) {
    throw new MaskError(
      `Its picture has ${width} x ${height} pixels, but the manifest says ${size.width} x ${size.height}.`,
    )
  }
  return picture
}

function sameRuns(a: MaskRuns, b: MaskRuns): boolean {
  return a.length === b.length && a.every((run, i) => run === b[i])
}

/** The name of a data set as that of a folder. */
function folderName(dataset: string): string {
  return dataset.replace(/[/\0]/g, '_').replace(/^\.{0,2}$/, '_')
}
