import { expect, it } from 'vitest'
import type { TaggedVideo } from '#shared/contract/library.ts'
import {
  videoListCsv,
  videoListJson,
} from '../../../../../src-renderer/src/features/library/lib/video-list-file.ts'

const video = {
  id: 3,
  datasetId: 1,
  path: 'Spin/a, b.avi',
  class: '=SUM(A1)',
  split: 'test',
  frames: 64,
  fps: 25,
  width: 64,
  height: 48,
  size: 1000,
  tags: ['x', 'y'],
  error: null,
} as TaggedVideo
const rest = { annotations: null, splitList: 1, videos: 1, damaged: 0, classes: [] }
const datasets = [
  { id: 1, name: 'moves', format: 'ucf101' as const, folder: '/d', ...rest },
  { id: 2, name: 'other', format: 'folder' as const, folder: '/o', ...rest },
]

it('writes a table that no spreadsheet runs anything of', () => {
  const [head, line] = videoListCsv([video], datasets).split('\r\n')
  expect(head).toBe('video,dataset,path,class,split,frames,fps,width,height,bytes,tags,error')
  expect(line).toBe(`3,moves,"Spin/a, b.avi","'=SUM(A1)",test,64,25,64,48,1000,x y,`)
})

it('writes JSON with the data sets of the videos alone', () => {
  const list = JSON.parse(videoListJson([video], datasets)) as {
    datasets: unknown[]
    videos: unknown
  }
  expect(list.datasets).toEqual([{ id: 1, name: 'moves', format: 'ucf101', folder: '/d' }])
  expect(list.videos).toEqual([video])
})
