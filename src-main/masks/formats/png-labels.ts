/**
 * A PNG picture as labels: what counts is the number that is stored for a pixel, not the colour that
 * it is shown in. So a palette's index is the label, and 16 bits are not cut to 8.
 */
import type { MaskRuns } from '#shared/contract/mask-windows.ts'
import { MaskError } from '#shared/masks/mask.ts'
import { EndsEarlyError, openInput } from '../../base/files/input-file.ts'
import {
  GREY,
  GREY_ALPHA,
  noPicture,
  PALETTE,
  PictureError,
  PngChunks,
  RGB_ALPHA,
  samplesOf,
  type PngHeader,
} from '../../base/pictures/png-header.ts'
import { inflateRows, sampleAt } from '../../base/pictures/inflate-rows.ts'
import type { PngRow } from '../../base/pictures/png-rows.ts'
import { runsOfPixels } from './record.ts'

export interface LabelPicture {
  width: number
  height: number
  runs: MaskRuns
  /** What a person should know about how it was read; null where there is nothing to say. */
  note: string | null
}

/** What is known of a pixel: whether its label is not 0, and whether it can be seen. */
const LABELLED = 1
const VISIBLE = 2
/** Label that PASCAL VOC and others give to pixels that belong to nothing. */
const VOID = 255

/**
 * Every label but 0 is foreground. Where some pixels are transparent and some are not, those that
 * are not are foreground.
 * @throws MaskError when it is no PNG picture, is damaged, or has too many pixels; WorkbenchError
 *   when it is no regular file
 */
export async function readLabels(file: string): Promise<LabelPicture> {
  const handle = await openInput(file)
  try {
    const chunks = await PngChunks.open(handle)
    const labels = new Labels(chunks)
    await inflateRows(chunks, (row) => labels.add(row))
    return labels.picture()
  } catch (error) {
    const fault =
      error instanceof EndsEarlyError ? noPicture('it ends too early; copy it again') : error
    throw fault instanceof PictureError ? new MaskError(fault.message) : fault
  } finally {
    await handle.close()
  }
}

class Labels {
  private readonly header: PngHeader
  private readonly chunks: PngChunks
  private readonly pixels: Uint8Array
  /** Which labels of 8 bits there are. */
  private readonly seen = new Uint8Array(256)
  private readonly samples: number
  private readonly hasAlpha: boolean

  constructor(chunks: PngChunks) {
    this.chunks = chunks
    this.header = chunks.header
    const { colour, width, height } = chunks.header
    this.pixels = new Uint8Array(width * height)
    this.samples = samplesOf(chunks.header)
    this.hasAlpha = colour === GREY_ALPHA || colour === RGB_ALPHA
  }

  add({ bytes, count, x, y, dx }: PngRow): void {
    const { samples, pixels, hasAlpha } = this
    const { depth, width } = this.header
    const { transparent } = this.chunks
    const isLabel = samples === 1 && depth <= 8
    const colours = hasAlpha ? samples - 1 : samples
    let at = y * width + x
    for (let i = 0; i < count; i++, at += dx) {
      let found = 0
      let isKeyed = transparent !== null
      for (let channel = 0; channel < colours; channel++) {
        const value = sampleAt(bytes, i * samples + channel, depth)
        if (value !== 0) found = LABELLED
        if (isKeyed && value !== transparent![channel]) isKeyed = false
        if (isLabel) this.seen[value] = 1
      }
      const isHidden = hasAlpha ? sampleAt(bytes, i * samples + colours, depth) === 0 : isKeyed
      pixels[at] = isHidden ? found : found | VISIBLE
    }
  }

  picture(): LabelPicture {
    const { width, height } = this.header
    const visible = this.pixels.reduce((sum, pixel) => sum + (pixel >> 1), 0)
    const byAlpha = visible > 0 && visible < this.pixels.length
    const bit = byAlpha ? VISIBLE : LABELLED
    const runs = runsOfPixels(this.pixels.map((pixel) => pixel & bit))
    return { width, height, runs, note: byAlpha ? null : this.voidNote() }
  }

  /** Is there a 255 beside a few other labels? A soft edge would have many. */
  private voidNote(): string | null {
    const { colour, depth } = this.header
    const labels = [...this.seen.keys()].filter((label) => label > 0 && this.seen[label] === 1)
    const isLabelled = (colour === GREY || colour === PALETTE) && depth === 8
    const isVoid = labels.includes(VOID) && labels.length > 1 && labels.length <= 32
    if (!isLabelled || !isVoid) return null
    return (
      `Its picture has the labels ${labels.join(', ')}; all of them count as foreground. ` +
      `If ${VOID} marks void pixels, as in PASCAL VOC, set them to 0 first.`
    )
  }
}
