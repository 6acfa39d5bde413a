import type { MethodPictures } from '#shared/contract/method-pictures.ts'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { pictureRowsOf } from '#shared/methods/index.ts'

/** One row of a clip's pictures as it is shown. */
export interface PictureCell {
  name: string
  label: string
  meaning: string
  /** Frames that it has. */
  frames: number
  /** Its row in the raster. */
  at: number
}

/** What is shown of each clip: its title and its rows. @param config of the run */
export function pictureClips(
  { clips, rows }: MethodPictures,
  config: PretrainConfig,
): { title: string; cells: PictureCell[] }[] {
  const described = pictureRowsOf(config)
  return clips.map(({ video }, clip) => ({
    title: video ?? `Sample ${clip + 1}`,
    cells: rows.map(({ name, frames }, row) => {
      const { label, meaning } = described.find((of) => of.name === name) ?? {
        label: name,
        meaning: '',
      }
      return { name, label, meaning, frames, at: clip * rows.length + row }
    }),
  }))
}
