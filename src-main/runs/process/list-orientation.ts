import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Store } from '../../store/store.ts'
import { WorkbenchError } from '../../base/workbench-error.ts'
import type { ListedVideo } from '../../trainer/process/messages.ts'

/**
 * Refuses a run's list that 0.1.0 wrote, or a copy of one, where it has masks of videos that are shown
 * turned: they are masks of the stored pictures, and a run takes the shown ones.
 * @param file the list, one `ListedVideo` a line
 * @throws WorkbenchError naming such a video
 */
export async function refuseStoredOrientation(
  store: Store,
  datasetId: number,
  file: string,
): Promise<void> {
  const turned = store.maskTransfer.turnedPaths(datasetId)
  if (turned.size === 0) return
  for await (const line of createInterface({ input: createReadStream(file) })) {
    // Most lines have no mask, and reading one as JSON takes longer than looking.
    if (!line.includes('"mask":')) continue
    const { path, windows = [] } = JSON.parse(line) as ListedVideo
    if (!turned.has(path) || !windows.some(({ mask }) => mask && !mask.shown)) continue
    throw new WorkbenchError(
      `The run's list of videos (${file}) was made by version 0.1.0 or older and has a mask of ${path} ` +
        'in the stored orientation; the video is now shown rotated. Start a new run, whose list has the ' +
        'rotated mask.',
    )
  }
}
