import { describe, expect, it } from 'vitest'
import { parseRunFile } from '#shared/config/run-file.ts'
import { readTasks } from '#main/cluster/read-tasks.ts'

describe('the tasks of a file', () => {
  it('are every combination of a sweep, each with every seed', () => {
    const { name, tasks } = readTasks(
      'name: areas\npreset: small-fame\nepochs: 3\ngrid: { beta: [0.3, 0.5] }\nseeds: [1, 2]\nevaluate: [knn]',
    )
    expect(name).toBe('areas')
    expect(tasks.map(({ label }) => label)).toEqual([
      'areas: beta 0.3, seed 1',
      'areas: beta 0.3, seed 2',
      'areas: beta 0.5, seed 1',
      'areas: beta 0.5, seed 2',
    ])
    const [, , third] = tasks
    expect(third.protocols).toEqual(['knn'])
    const { values } = parseRunFile('settings' in third.source ? third.source.settings : '')
    expect(values).toMatchObject({ beta: 0.5, seed: 1, epochs: 3 })
  })

  it('are the runs of a benchmark', () => {
    const { tasks } = readTasks('runs: [/shared/a, /shared/b]\nevaluate: [linear, knn]')
    expect(tasks.map(({ source }) => source)).toEqual([
      { folder: '/shared/a' },
      { folder: '/shared/b' },
    ])
    expect(tasks[1].protocols).toEqual(['linear', 'knn'])
  })

  it.each([
    ['epochs: 3', 'Expected a sweep'],
    ['grid: { nonsense: [1] }', 'nonsense'],
    ['grid: { beta: [7] }', 'beta'],
    ['runs: []\nevaluate: [knn]', 'runs'],
    ['runs: [a]\nevaluate: [nothing]', 'evaluate'],
    ['grid: { beta: [0.3] }\nlearning: 1', 'learning'],
  ])('are refused in %j', (text, reason) => {
    expect(() => readTasks(text)).toThrow(reason)
  })
})
