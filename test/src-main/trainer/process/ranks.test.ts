import { expect, it } from 'vitest'
import { chooseDevice } from '#main/trainer/process/ranks.ts'

function deviceOf(local: number, allowed?: string): string | undefined {
  const environment: NodeJS.ProcessEnv = { CUDA_VISIBLE_DEVICES: allowed }
  chooseDevice({ rank: 4 + local, size: 8, local, neighbours: 4 }, environment)
  return environment.CUDA_VISIBLE_DEVICES
}

it('gives each rank of a machine a GPU of its own, of those that the environment allows', () => {
  expect([0, 1].map((local) => deviceOf(local))).toEqual(['0', '1'])
  expect([0, 1, 2, 3].map((local) => deviceOf(local, '2,3,5,7'))).toEqual(['2', '3', '5', '7'])
  expect([0, 1, 2].map((local) => deviceOf(local, '4,6'))).toEqual(['4', '6', '4'])
  expect(deviceOf(1, '')).toBe('')
})
