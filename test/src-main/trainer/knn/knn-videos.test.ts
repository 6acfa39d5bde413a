import { expect, it } from 'vitest'
import { drawKnnVideos, MOST } from '#main/trainer/knn/knn-videos.ts'
import type { TrainerVideo } from '#main/trainer/process/messages.ts'
import { heldOut } from '#shared/random/held-out.ts'

/** UCF101's names: `groups` sources a class, `clips` cut from each. */
function videosOf(classes: number, groups: number, clips: number): TrainerVideo[] {
  return Array.from({ length: classes * groups * clips }, (_, i) => {
    const label = Math.floor(i / (groups * clips))
    const [group, clip] = [Math.floor(i / clips) % groups, i % clips]
    return { path: `/data/C${label}/v_C${label}_g${group}_c0${clip}.avi`, frames: 20, label }
  })
}
const sourceOf = ({ path }: TrainerVideo): string => path.replace(/_c\d+\.avi$/, '')
const countsOf = (videos: TrainerVideo[]): number[] =>
  [...Map.groupBy(videos, ({ label }) => label).values()].map(({ length }) => length)

it('takes as many of each class, within its limits', () => {
  const { bank, queries } = drawKnnVideos(videosOf(10, 12, 10), '/data')!
  expect(countsOf(bank)).toEqual(Array(10).fill(MOST.bank / 10))
  expect(countsOf(queries)).toEqual(Array(10).fill(MOST.queries / 10))
})

it('asks for videos that validation holds out, and for none of a source that votes', () => {
  const videos = videosOf(3, 8, 4)
  const { bank, queries } = drawKnnVideos(videos, '/data')!
  const sources = new Set(bank.map(sourceOf))
  expect(queries.some((video) => sources.has(sourceOf(video)))).toBe(false)
  const own = videos.filter(({ label }) => label === 1).map(({ path }) => path.slice(6))
  const asked = queries.filter(({ label }) => label === 1).map(({ path }) => path.slice(6))
  expect(new Set(asked)).toEqual(heldOut(own, 1))
  expect(bank.length + queries.length).toBe(videos.length)
})

it('does not depend on the order of the list or on where the data set lies', () => {
  const videos = videosOf(3, 8, 4)
  const moved = videos.map((video) => ({ ...video, path: video.path.replace('/data', '/other') }))
  const names = (list: TrainerVideo[]): string[] =>
    list.map(({ path }) => path.split('/').at(-1)!).sort()
  const here = drawKnnVideos(videos, '/data')!
  const there = drawKnnVideos(moved.toReversed(), '/other')!
  expect(names(there.queries)).toEqual(names(here.queries))
})

it('has nothing to compare without labels, or with one class', () => {
  expect(drawKnnVideos(videosOf(1, 8, 4), '/data')).toBeNull()
  const unlabelled = videosOf(3, 8, 4).map((video) => ({ ...video, label: -1 }))
  expect(drawKnnVideos(unlabelled, '/data')).toBeNull()
})
