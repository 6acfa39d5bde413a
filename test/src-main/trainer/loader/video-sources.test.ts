import { expect, it } from 'vitest'
import { sourcesOf } from '#main/trainer/loader/video-sources.ts'

it('gives clips of one recording one number, and every other video its own', () => {
  const videos = [
    'v_Archery_g01_c01.avi',
    'v_Archery_g01_c02.mp4',
    'v_Archery_g02_c01.avi',
    'holiday.mp4',
    'Archery/v_Archery_g01_c03',
    'holiday.2.mp4',
    'v_Biking_g01_c01.avi',
  ].map((path) => ({ path: `/data/${path}` }))
  expect([...sourcesOf(videos)]).toEqual([0, 0, 2, 3, 0, 5, 6])
})
