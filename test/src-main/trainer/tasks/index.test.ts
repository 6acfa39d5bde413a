import { expect, it } from 'vitest'
import { PROTOCOLS } from '#shared/tasks/index.ts'
import { runners } from '#main/trainer/tasks/index.ts'

it('has an implementation for every descriptor, and a descriptor for every implementation', () => {
  expect(Object.keys(runners).sort()).toEqual([...PROTOCOLS].sort())
})
