import { promisify } from 'node:util'
import { deflate } from 'node:zlib'
import type { MaskRuns } from '#shared/contract/mask-windows.ts'
import { decodeRuns } from '#shared/masks/runs.ts'
import { pngFile } from '../../base/pictures/png-file.ts'

const deflated = promisify(deflate)

const PALETTE = vocPalette()

/** The colours of PASCAL VOC, which DAVIS shows its labels in: bits of the label, spread over RGB. */
function vocPalette(): Buffer {
  const palette = Buffer.alloc(3 * 256)
  for (let label = 0; label < 256; label++) {
    for (let bit = 0; bit < 8; bit++) {
      for (let channel = 0; channel < 3; channel++) {
        // Of each three bits of the label, the next lower bit of red, green and blue.
        const value = (label >> (3 * bit + channel)) & 1
        palette[3 * label + channel] |= value << (7 - bit)
      }
    }
  }
  return palette
}

/**
 * A PNG picture whose pixels are the labels 0 and 1, with a palette, as DAVIS has them (ISO/IEC 15948).
 * Other work of the process goes on while it is packed.
 * @param runs row-major, covering height x width
 */
export async function encodePalettePng(
  runs: MaskRuns,
  width: number,
  height: number,
): Promise<Buffer> {
  const labels = decodeRuns(runs, width * height)
  const rows = Buffer.alloc(height * (width + 1))
  for (let y = 0; y < height; y++) {
    // The first byte of a row says that it is not filtered.
    rows.set(labels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1)
  }
  return pngFile({ width, height, colour: 3 }, await deflated(rows), PALETTE)
}
