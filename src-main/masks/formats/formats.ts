import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { MaskFileFormat } from '#shared/contract/mask-files.ts'
import { WorkbenchError } from '../../base/workbench-error.ts'
import { openInput, statOf } from '../../base/files/input-file.ts'
import { arrayItems } from './json-arrays.ts'
import type { MaskFormat } from './record.ts'

/** Formats load what they need when they are used. */
export async function maskFormat(name: MaskFileFormat): Promise<MaskFormat> {
  if (name === 'png') return (await import('./png.ts')).png
  if (name === 'coco') return (await import('./coco.ts')).coco
  if (name === 'davis') return (await import('./davis.ts')).davis
  if (name === 'npz') return (await import('./npz.ts')).npz
  return (await import('./youtube-vis.ts')).youtubeVis
}

/**
 * The format of a file or folder, by what is in it.
 * @throws WorkbenchError when it cannot be read or is of none
 */
export async function recogniseFormat(file: string): Promise<MaskFileFormat> {
  if ((await statOf(file)).isDirectory()) {
    const manifest = await stat(join(file, 'manifest.json')).catch(() => null)
    if (manifest?.isFile()) return 'png'
    const annotations = await stat(join(file, 'Annotations')).catch(() => null)
    if (annotations?.isDirectory()) return 'davis'
    throw new WorkbenchError(
      `${file} has neither a manifest.json nor Annotations. Choose a folder of exported masks.`,
    )
  }
  if (await beginsWith(file, 'PK')) return 'npz'
  for await (const { key } of arrayItems(file, ['windows', 'videos', 'images'])) {
    if (key === 'windows') return 'png'
    return key === 'videos' ? 'youtube-vis' : 'coco'
  }
  throw new WorkbenchError(`${file} has no masks, or none in a known format. Name its format.`)
}

async function beginsWith(file: string, text: string): Promise<boolean> {
  const handle = await openInput(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(text.length), 0, text.length, 0)
    return buffer.toString('latin1', 0, bytesRead) === text
  } finally {
    await handle.close()
  }
}
