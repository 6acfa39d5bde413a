/**
 * A folder of PNG pictures with `manifest.json`: a picture a mask, 8 bits, 0 and 255, in folders
 * named as the videos, and one of FAME's mask where it differs. The manifest has everything else.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { z } from 'zod'
import type { MaskRuns } from '#shared/contract/mask-windows.ts'
import { MaskError } from '#shared/masks/mask.ts'
import { decodeRuns, encodeRuns } from '#shared/masks/runs.ts'
import { arrayItems, parsed, type ArrayItem } from './json-arrays.ts'
import {
  detailsOf,
  issuesOf,
  MOST_PIXELS,
  recordDetailsSchema,
  type MaskFormat,
  type MaskRecord,
  type MaskWriter,
  type ReadRow,
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
    const { dataset, path, start, frames, stride, mask, fame } = record
    const folder = ['masks', ...(dataset === null ? [] : [folderName(dataset)]), path].join('/')
    const name = `${folder}/${start}-${frames}x${stride}`
    const hasOwnFame = fame !== null && mask !== null && !sameRuns(fame, mask)
    const files = {
      mask: mask && `${name}.png`,
      fame: hasOwnFame ? `${name}.fame.png` : fame && `${name}.png`,
    }
    if (mask !== null) await this.picture(files.mask!, mask, record)
    if (hasOwnFame) await this.picture(files.fame!, fame, record)
    await this.manifest.write(this.before + JSON.stringify({ ...detailsOf(record), ...files }))
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

  private async picture(name: string, runs: MaskRuns, { width, height }: MaskRecord) {
    const file = join(this.folder, name)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, await encodePng(runs, width!, height!))
  }
}

/** @param runs row-major, covering height x width */
export async function encodePng(runs: MaskRuns, width: number, height: number): Promise<Buffer> {
  const pixels = decodeRuns(runs, width * height).map((value) => value * FOREGROUND)
  const raw = { width, height, channels: 1 } as const
  const sharp = await lazySharp()
  return sharp(pixels, { raw }).toColourspace('b-w').png().toBuffer()
}

/**
 * The runs of a picture; every pixel that is not black is foreground.
 * @throws MaskError when it is no picture, or of another size
 */
export async function decodePng(
  bytes: Uint8Array,
  size: { width: number | null; height: number | null },
): Promise<{ runs: MaskRuns; width: number; height: number }> {
  const sharp = await lazySharp()
  const { data, info } = await sharp(bytes, { limitInputPixels: MOST_PIXELS })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((error: Error) => {
      throw new MaskError(`It is no picture that can be read (${error.message}).`)
    })
  const { width, height, channels } = info
  if ((size.width ?? width) !== width || (size.height ?? height) !== height) {
    throw new MaskError(
      `Its picture has ${width} x ${height} pixels, the manifest says ${size.width} x ${size.height}.`,
    )
  }
  const mask = new Uint8Array(width * height)
  for (let i = 0; i < data.length; i++) if (data[i] !== 0) mask[Math.floor(i / channels)] = 1
  return { runs: encodeRuns(mask), width, height }
}

const windowSchema = recordDetailsSchema.extend({
  mask: z.string().nullable().default(null),
  fame: z.string().nullable().default(null),
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
  const { mask: maskFile, fame: fameFile, ...details } = data
  if (maskFile === null) return { where, record: { ...details, mask: null, fame: null } }
  try {
    const { runs, ...size } = await pictureAt(folder, maskFile, details)
    if (fameFile === null) return { where, record: { ...details, ...size, mask: runs, fame: null } }
    const fame = fameFile === maskFile ? runs : (await pictureAt(folder, fameFile, size)).runs
    return { where, record: { ...details, ...size, mask: runs, fame } }
  } catch (error) {
    if (!(error instanceof MaskError)) throw error
    return { where, path: details.path, fault: error.message }
  }
}

/** @throws MaskError when the picture lies elsewhere or cannot be read */
async function pictureAt(
  folder: string,
  name: string,
  size: { width: number | null; height: number | null },
) {
  const file = resolve(folder, name)
  if (!file.startsWith(resolve(folder) + sep)) {
    throw new MaskError(`Its picture ${name} lies outside the folder of the manifest.`)
  }
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new MaskError(`Its picture ${name} cannot be read (${error.code}).`)
  })
  return decodePng(bytes, size)
}

function sameRuns(a: MaskRuns, b: MaskRuns): boolean {
  return a.length === b.length && a.every((run, i) => run === b[i])
}

/** The name of a data set as that of a folder. */
function folderName(dataset: string): string {
  return dataset.replace(/[/\0]/g, '_').replace(/^\.{0,2}$/, '_')
}
