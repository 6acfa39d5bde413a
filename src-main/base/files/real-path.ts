import { readlink, realpath } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'

/** The path with the links of what is there of it followed. */
export async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    const above = dirname(path)
    const { code } = error as NodeJS.ErrnoException
    if (above === path || (code !== 'ENOENT' && code !== 'ENOTDIR')) return path
    const target = await readlink(path).catch(() => null)
    // A link to what is not there yet leads to wherever that would be made.
    if (target !== null) return realPath(resolve(above, target))
    return join(await realPath(above), basename(path))
  }
}
