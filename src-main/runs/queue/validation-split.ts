import type { Video } from '#shared/contract/videos.ts'
import { heldOut } from '#shared/random/held-out.ts'
import { Pieces } from '../../base/async/pieces.ts'
import type { Store } from '../../store/store.ts'
import type { VideoFilter } from '../../store/video-filter.ts'

/**
 * Draws the training videos that validation holds out, class by class; see `heldOut`.
 * @param filter of the training videos
 * @param isTraining narrows them further, where another split list says what is training
 * @returns paths relative to the data set's folder
 */
export async function validationVideos(
  store: Store,
  options: { filter: VideoFilter; isTraining?: (video: Video) => boolean; seed: number },
): Promise<ReadonlySet<string>> {
  const { filter, isTraining = () => true, seed } = options
  const pieces = new Pieces()
  const byClass = new Map<string, string[]>()
  for (const page of store.videos.pages({ ...filter, readable: true })) {
    for (const video of page) {
      if (video.class === null || !isTraining(video)) continue
      const paths = byClass.get(video.class)
      if (paths) paths.push(video.path)
      else byClass.set(video.class, [video.path])
    }
    await pieces.pause()
  }
  const held = new Set<string>()
  for (const paths of byClass.values()) {
    for (const path of heldOut(paths, seed)) held.add(path)
    await pieces.pause()
  }
  return held
}
