import { describe, expect, it } from 'vitest'
import { completeSettings } from '#shared/config/evaluation-settings.ts'
import { evaluatedSplits } from '#main/evaluations/evaluated-splits.ts'
import { emptySplit } from '#main/runs/process/trainer-videos.ts'
import { Tagging } from '#main/library/tagging.ts'
import { Library } from '#main/library/library.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { trainingProject } from '../runs/training-project.ts'

const temporaryFolder = temporaryFolders()

describe('the videos of an evaluation', () => {
  it('are those of the test split with a tag, and every training video', async () => {
    const { store, close } = setUp()
    const dataset = store.datasets.get(1)
    const paths = async (settings: {
      tag?: string
    }): Promise<Record<'train' | 'test', string[]>> => {
      const chosen = await evaluatedSplits(store, dataset, completeSettings('linear', settings))
      const of = (split: 'train' | 'test'): string[] => {
        const { filter, only = () => true } = chosen[split]
        const videos = [...store.videos.pages(filter)].flat()
        return videos.filter(only).map(({ path }) => path)
      }
      return { train: of('train'), test: of('test') }
    }
    const all = await paths({})
    expect([all.train.length, all.test.length]).toEqual([4, 2])
    const [first] = all.test
    const id = store.videos.idOf(1, first)!
    await new Tagging(store, new Library(store)).edit({
      videos: { ids: [id, store.videos.idOf(1, all.train[0])!] },
      add: ['hard'],
      remove: [],
    })
    expect(await paths({ tag: 'hard' })).toEqual({ train: all.train, test: [first] })
    expect((await paths({ tag: 'none such' })).test).toEqual([])
    const { message } = emptySplit(dataset, 'test', completeSettings('linear', { tag: 'x' }))
    expect(message).toContain('has the tag “x”')
    close()
  })
})

function setUp() {
  const project = trainingProject(temporaryFolder())
  return { store: project.store, close: () => project.close() }
}
