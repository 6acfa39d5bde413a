import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ExportMasks } from '#shared/contract/mask-files.ts'
import { exportMasks, type PictureOf } from '#main/masks/export.ts'
import type { Store } from '#main/store/store.ts'
import { VideoError } from '#main/video/video-error.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { correct, projectOf, Rng } from './mask-project.ts'

const temporaryFolder = temporaryFolders()

/** A project with masks of two videos. */
function project() {
  const folder = temporaryFolder()
  const from = projectOf(folder, ['Spin/a b.avi', 'Wave/c.mp4'])
  correct(from, new Rng(3))
  return { folder, from }
}

describe('frames beside exported masks', () => {
  const asking = (fails = false) => {
    const asked: [number, number][] = []
    const pictureOf = (id: number, frame: number): Promise<Uint8Array> => {
      asked.push([id, frame])
      const error = new VideoError('damaged', 'Frame 3 is damaged.')
      return fails ? Promise.reject(error) : Promise.resolve(Uint8Array.of(255, 216))
    }
    return { asked, pictureOf }
  }
  async function run(store: Store, request: ExportMasks, pictureOf: PictureOf) {
    for await (const event of exportMasks(request, store, undefined, pictureOf)) {
      if (event.type === 'done') return event
    }
    throw new Error('The export did not end.')
  }

  it('are written where they are asked for, and the layout has a place for them', async () => {
    const { folder, from } = project()
    const { asked, pictureOf } = asking()
    const out = join(folder, 'davis')
    const done = await run(from, { format: 'davis', out, pictures: true }, pictureOf)
    const pictures = readdirSync(join(out, 'JPEGImages', '480p'))
    expect(pictures).toEqual(readdirSync(join(out, 'Annotations', '480p')))
    expect(pictures).toHaveLength(done.windows)
    for (const name of pictures) {
      const frames = (kind: string) =>
        readdirSync(join(out, kind, '480p', name)).map((file) => file.replace(/\.\w+$/, ''))
      expect(frames('JPEGImages')).toEqual(frames('Annotations'))
    }
    const count = asked.length
    await run(from, { format: 'davis', out: join(folder, 'plain') }, pictureOf)
    await run(from, { format: 'coco', out: join(folder, 'a.json'), pictures: true }, pictureOf)
    expect(asked).toHaveLength(count)
    expect(existsSync(join(folder, 'plain', 'JPEGImages'))).toBe(false)
  })

  it('that cannot be read leave nothing behind, and say what to do', async () => {
    const { folder, from } = project()
    const out = join(folder, 'davis')
    const request = { format: 'davis', out, pictures: true } as const
    await expect(run(from, request, asking(true).pictureOf)).rejects.toThrow(
      /frames of .* cannot be read: Frame 3 is damaged\. Repair the video, or export without frames/,
    )
    expect(existsSync(out)).toBe(false)
  })
})
