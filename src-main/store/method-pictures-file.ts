import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { methodPicturesSchema, type MethodPictures } from '#shared/contract/method-pictures.ts'
import { writeAtomic } from '../base/files/atomic-write.ts'

const listSchema = methodPicturesSchema.array()

/** Where a run keeps the raster of a step's pictures, as PNG. @param folder of the run */
export function methodPicturesFile(folder: string, step: number): string {
  return join(folder, 'pictures', `step-${step}.png`)
}

function listFile(folder: string): string {
  return join(folder, 'pictures', 'pictures.json')
}

/** The pictures that a run has kept, by step; none where the list cannot be read. */
export async function readMethodPictures(folder: string): Promise<MethodPictures[]> {
  try {
    return listSchema.parse(JSON.parse(await readFile(listFile(folder), 'utf8')))
  } catch {
    return []
  }
}

/**
 * Adds a step's pictures; those of the same step and later ones go, since the run has gone back then.
 * @returns the list as it is now
 */
export async function addMethodPictures(
  folder: string,
  known: readonly MethodPictures[],
  made: MethodPictures,
  png: Buffer,
): Promise<MethodPictures[]> {
  const kept = known.filter(({ step }) => step < made.step)
  const gone = known.filter(({ step }) => step > made.step)
  await mkdir(join(folder, 'pictures'), { recursive: true })
  await writeAtomic(methodPicturesFile(folder, made.step), png, { flush: 'none' })
  const list = [...kept, made]
  await writeAtomic(listFile(folder), Buffer.from(JSON.stringify(list)), { flush: 'none' })
  await Promise.all(gone.map(({ step }) => rm(methodPicturesFile(folder, step), { force: true })))
  return list
}
