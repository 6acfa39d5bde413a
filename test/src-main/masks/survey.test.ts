import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { survey } from '#main/masks/survey.ts'
import { Store } from '#main/store/store.ts'
import { surveyRequestSchema } from '#shared/contract/mask-windows.ts'
import { indexedVideo } from '../library/seeded-store.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'

const temporaryFolder = temporaryFolders()

it('keeps the score of every video, also of those under way while others are written', async () => {
  const folder = temporaryFolder()
  const store = new Store(join(folder, 'workbench.sqlite'))
  const datasetId = store.datasets.ensure({ name: 'a', format: 'folder', folder })
  const rows = Array.from({ length: 230 }, (_, i) => indexedVideo(`Spin/${i}.avi`))
  store.videos.write(datasetId, rows)
  const score = async () => {
    await breathe()
    return { stability: 0.9, area: 0.3, agreement: 0.8, priority: 0.2 }
  }
  const request = surveyRequestSchema.parse({})
  for await (const event of survey(request, { store, parallel: 4, score })) void event
  const ids = Array.from({ length: rows.length }, (_, i) => i + 1)
  expect(store.maskQueue.scored(ids).map(({ videoId }) => videoId)).toEqual(ids)
  store.close()
})
