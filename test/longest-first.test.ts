import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { TestSpecification, Vitest } from 'vitest/node'
import { LONGEST, LongestFirst } from './longest-first.ts'

const pathOf = (name: string): string => join(import.meta.dirname, name)

it('names files that exist', () => {
  expect(LONGEST.filter((name) => !existsSync(pathOf(name)))).toEqual([])
})

it('starts the longest files first, then the others in their order, and drops none', async () => {
  const context = {
    config: { root: import.meta.dirname },
    cache: { getFileTestResults: () => undefined, getFileStats: () => undefined },
  } as unknown as Vitest
  const project = { name: 'isolated', config: { sequence: { groupOrder: 0 }, isolate: true } }
  const names = ['short.test.ts', LONGEST[2], 'other.test.ts', LONGEST[0]]
  const files = names.map((name) => ({ moduleId: pathOf(name), project }) as TestSpecification)
  const sorted = await new LongestFirst(context).sort(files)
  expect(sorted.map(({ moduleId }) => moduleId)).toEqual(
    [LONGEST[0], LONGEST[2], 'short.test.ts', 'other.test.ts'].map(pathOf),
  )
})
