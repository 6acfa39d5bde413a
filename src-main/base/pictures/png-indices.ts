import { openInput, EndsEarlyError } from '../files/input-file.ts'
import { GREY, noPicture, PALETTE, PngChunks, samplesOf } from './png-header.ts'
import { inflateRows, sampleAt } from './inflate-rows.ts'

export interface IndexPicture {
  width: number
  height: number
  /** [H, W]: the number that is stored for a pixel, whatever colour it is shown in. */
  data: Uint8Array
}

/**
 * A PNG picture of a label a pixel, as DAVIS stores objects: the index into a palette, or a grey value.
 * @throws PictureError when it is no such picture, is damaged, or has too many pixels; WorkbenchError
 *   when it is no regular file
 */
export async function readIndices(file: string): Promise<IndexPicture> {
  const handle = await openInput(file)
  try {
    const chunks = await PngChunks.open(handle)
    const { width, height, colour, depth } = chunks.header
    if ((colour !== PALETTE && colour !== GREY) || depth > 8) {
      throw noPicture('it has colours and no labels; save it with a palette')
    }
    const data = new Uint8Array(width * height)
    await inflateRows(chunks, ({ bytes, count, x, y, dx }) => {
      for (let i = 0, at = y * width + x; i < count; i++, at += dx) {
        data[at] = sampleAt(bytes, i * samplesOf(chunks.header), depth)
      }
    })
    return { width, height, data }
  } catch (error) {
    if (error instanceof EndsEarlyError) throw noPicture('it ends too early; copy it again')
    throw error
  } finally {
    await handle.close()
  }
}
