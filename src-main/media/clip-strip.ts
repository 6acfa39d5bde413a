import { WorkbenchError } from '../base/workbench-error.ts'
import { rasterSize, readStripPicture } from '../store/clip-strip-file.ts'

/** Loaded when it is needed: it is native, and the host seldom makes pictures itself. */
const lazySharp = async () => (await import('sharp')).default

/**
 * The raster of a run's newest strip of clips as WebP; encoded in a thread.
 * @param folder absolute folder of the run
 * @throws WorkbenchError when the run has none that can be read.
 */
export async function stripWebp(folder: string): Promise<Uint8Array> {
  const picture = await readStripPicture(folder)
  if (!picture) {
    throw new WorkbenchError(
      'The clips shown by this run cannot be read. A later step will show other clips.',
    )
  }
  const sharp = await lazySharp()
  const raw = { ...rasterSize(picture.strip), channels: 3 as const }
  // Colour at full resolution: masks have hard edges.
  return sharp(picture.pixels, { raw }).webp({ quality: 85, smartSubsample: true }).toBuffer()
}
