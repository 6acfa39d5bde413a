import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { outFolder } from '../../base/processes/entry-path.ts'
import type { Photos } from './kind.ts'

const NAMES = ['street', 'garden', 'film'] as const

let loaded: Promise<Photos> | undefined

/** The real pictures of `resources/scenes`; they are read once. */
export function scenePhotos(): Promise<Photos> {
  loaded ??= Promise.all(
    NAMES.map(async (name) => {
      const file = join(dirname(outFolder()), 'resources', 'scenes', `${name}.jpg`)
      const { data, info } = await sharp(file)
        .removeAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true })
      return { data: Float32Array.from(data), height: info.height, width: info.width }
    }),
  )
  return loaded
}
