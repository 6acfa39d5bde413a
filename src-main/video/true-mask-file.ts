import { access } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The file with the true masks of a video, a gray video of as many frames: of `A/b/c.avi` it is
 * `A-masks/b/c.avi`, or the same path in a folder beside the data set's with `-masks` to its name; or
 * either with the ending `.mkv`, as the sample set stores them without loss.
 * @param folder absolute folder of the data set
 * @param path of the video, relative to it, with forward slashes
 * @returns absolute path, or null where there is none
 */
export async function trueMaskFile(folder: string, path: string): Promise<string | null> {
  const [first, ...rest] = path.split('/')
  const candidates = [join(`${folder}-masks`, path)]
  if (rest.length > 0) candidates.unshift(join(folder, `${first}-masks`, ...rest))
  for (const file of candidates.flatMap((file) => [file, file.replace(/\.[^./]+$/, '.mkv')])) {
    const isThere = await access(file).then(
      () => true,
      () => false,
    )
    if (isThere) return file
  }
  return null
}
