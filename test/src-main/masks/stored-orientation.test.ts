import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { turnRuns } from '#shared/masks/orientation.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { indexedVideo } from '../library/seeded-store.ts'
import { correct, exported, imported, projectOf, Rng, SIZE, videoId } from './mask-project.ts'

const temporaryFolder = temporaryFolders()
const path = 'Spin/a.mp4'

/** A file of masks, and a project that shows the same video turned by 180°. */
async function upsideDown(format: 'coco' | 'youtube-vis') {
  const folder = temporaryFolder()
  const from = projectOf(folder, [path])
  const [window] = correct(from, new Rng(4))
  const out = join(folder, 'masks.json')
  await exported(from, { format, out })
  const to = projectOf(temporaryFolder(), [path])
  const { datasetId } = to.maskTransfer.videosAt(path)[0]
  to.videos.write(datasetId, [indexedVideo(path, { ...SIZE, rotation: 180, mirrored: false })])
  const clip = { ...window, videoId: videoId(to, path) }
  return { out, to, clip, original: from.masks.open(window)!.mask }
}

/** The file as 0.1.0 wrote it. */
function withoutOrientation(file: string): void {
  const text = readFileSync(file, 'utf8')
  expect(text).toContain(',"orientation":"shown"')
  writeFileSync(file, text.replaceAll(',"orientation":"shown"', ''))
}

describe.each(['coco', 'youtube-vis'] as const)(
  'masks in %s of a video that is shown turned',
  (format) => {
    it('are turned with it when the file is of a version that left them as stored', async () => {
      const { out, to, clip, original } = await upsideDown(format)
      withoutOrientation(out)
      const { rows } = await imported(to, { file: out, mode: 'all' })
      expect(rows.some(({ message }) => message?.includes('turned by 180°'))).toBe(true)
      const turn = { mirrored: false, rotation: 180 }
      expect(to.masks.open(clip)!.mask).toEqual(turnRuns(original!, SIZE, turn))
    })

    it('stay as they are when the file says that they are as shown', async () => {
      const { out, to, clip, original } = await upsideDown(format)
      const { rows } = await imported(to, { file: out, mode: 'all' })
      expect(rows.filter(({ message }) => message !== null)).toEqual([])
      expect(to.masks.open(clip)!.mask).toEqual(original)
    })
  },
)
