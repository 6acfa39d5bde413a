/**
 * DAVIS 2017: `Annotations/480p/<sequence>/<frame>.png`, a palette picture of labels for each frame of
 * a clip, `JPEGImages/480p/<sequence>/<frame>.jpg` where the frames are asked for, and
 * `ImageSets/2017/val.txt` with the sequences. What the layout has no place for stands in
 * `fame_workbench.json`. Pictures have the video's size, whatever the folder is called.
 */
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { toCocoRle } from './coco-rle.ts'
import { MANIFEST, numbered, readDavis } from './davis-reader.ts'
import { shownFrames } from './frame-records.ts'
import { encodePalettePng } from './palette-png.ts'
import { detailsOf, type MaskFormat, type MaskRecord, type MaskWriter } from './record.ts'
import { TextFile } from './text-file.ts'

const ANNOTATIONS = join('Annotations', '480p')
const PICTURES = join('JPEGImages', '480p')
/** Characters of a folder's name that may come from the video's path; file systems take 255 in all. */
const MOST_NAME = 160

export const davis: MaskFormat = { create: createDavis, read: readDavis }

async function createDavis(out: string): Promise<MaskWriter> {
  const lists = join(out, 'ImageSets', '2017')
  await mkdir(lists, { recursive: true })
  const manifest = await TextFile.create(join(out, MANIFEST))
  await manifest.write('{"sequences":[\n')
  return new DavisWriter(out, manifest, await TextFile.create(join(lists, 'val.txt')))
}

class DavisWriter implements MaskWriter {
  private readonly folder: string
  private readonly manifest: TextFile
  private readonly list: TextFile
  private readonly names = new Set<string>()
  private before = ''

  constructor(folder: string, manifest: TextFile, list: TextFile) {
    this.folder = folder
    this.manifest = manifest
    this.list = list
  }

  async write(
    record: MaskRecord,
    picture?: (frame: number) => Promise<Uint8Array>,
  ): Promise<boolean> {
    const { mask, width, height, frames, byFrame = [] } = record
    if (mask === null || width === null || height === null) return false
    const sequence = this.nameOf(record)
    const folder = join(this.folder, ANNOTATIONS, sequence)
    await mkdir(folder, { recursive: true })
    for (const [frame, runs] of shownFrames(frames, mask, byFrame).entries()) {
      const name = numbered(record.start + frame * record.stride)
      await writeFile(join(folder, name), await encodePalettePng(runs, width, height))
    }
    if (picture) await this.writePictures(sequence, record, picture)
    const clip = byFrame.length > 0 ? { clip: toCocoRle(mask, height, width) } : {}
    const details = { ...detailsOf(record), sequence, ...clip }
    await this.manifest.write(this.before + JSON.stringify(details))
    await this.list.write(`${sequence}\n`)
    this.before = ',\n'
    return true
  }

  private async writePictures(
    sequence: string,
    { start, frames, stride }: MaskRecord,
    picture: (frame: number) => Promise<Uint8Array>,
  ): Promise<void> {
    const folder = join(this.folder, PICTURES, sequence)
    await mkdir(folder, { recursive: true })
    for (let at = 0, frame = start; at < frames; at++, frame += stride) {
      await writeFile(join(folder, numbered(frame, 'jpg')), await picture(frame))
    }
  }

  async end(): Promise<void> {
    await this.manifest.write('\n]}\n')
    await this.manifest.end()
    await this.list.end()
  }

  async abort(): Promise<void> {
    await this.manifest.close()
    await this.list.close()
  }

  /** A folder for each clip, named after its video and its frames. */
  private nameOf({ path, start, frames, stride }: MaskRecord): string {
    const plain = `${videoName(path)}_${start}-${frames}x${stride}`
    let name = plain
    // Videos of two data sets, or paths that differ in signs alone, or in case, which not every
    // file system tells apart.
    for (let count = 2; this.names.has(name.toLowerCase()); count++) name = `${plain}_${count}`
    this.names.add(name.toLowerCase())
    return name
  }
}

/** A video's path as part of a folder's name; a long one is cut and told apart by a hash. */
function videoName(path: string): string {
  const name = path
    .replace(/\.[^./]*$/, '')
    .replace(/[^\w.-]+/g, '_')
    .replace(/^\.+/, '_')
  if (name.length <= MOST_NAME) return name
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 12)
  return `${name.slice(0, MOST_NAME - hash.length - 1)}_${hash}`
}
