import { describe, expect, it } from 'vitest'
import published from '../../../resources/published-results.json' with { type: 'json' }
import { completeSettings, settingsFor, valuesFor } from '#shared/config/evaluation-settings.ts'
import { ConfigError } from '#shared/settings/check.ts'
import { PROTOCOLS, tasks, type Protocol } from '#shared/tasks/index.ts'
import { schedulesFor } from '#shared/tasks/schedules.ts'
import { defineTask, type Task } from '#shared/tasks/task.ts'

const all: readonly Task[] = PROTOCOLS.map((name) => tasks[name])

describe.each(PROTOCOLS)('the descriptor of %s', (name) => {
  const task = tasks[name]

  it('states a score for all where there is room for one', () => {
    const names = task.scores.map((score) => score.name)
    expect(names).toContain(task.headline)
    expect(new Set(names).size).toBe(names.length)
  })

  it('has settings that are allowed, and that hang on settings it has', () => {
    expect(() => completeSettings(name, defaults(task))).not.toThrow()
    for (const [setting, { where }] of settingsFor(name)) {
      if (!where) continue
      expect(Object.keys(task.settings), setting).toContain(where.setting)
      for (const value of [where.is].flat()) {
        expect(() => completeSettings(name, { [where.setting]: value })).not.toThrow()
      }
    }
    for (const [, { values }] of schedulesFor(name)) {
      expect(() => completeSettings(name, values)).not.toThrow()
    }
  })

  it('shows a tab, and says what was looked at where clips are averaged', () => {
    expect(task.tabs.length).toBeGreaterThan(0)
    expect('clips' in task.settings).toBe(task.averages !== null)
    expect('splitList' in task.settings).toBe(task.splits.length > 0)
  })

  it('compares video by video only by scores of answers that it stores', () => {
    const paired = task.scores.filter(({ counts }) => counts)
    expect(paired.length > 0).toBe(task.answers !== null)
  })
})

describe('settings and scores that several tasks have', () => {
  it('say the same of themselves in each, but for the default and what they hang on', () => {
    const known = new Map<string, unknown>()
    for (const { settings } of all) {
      for (const [name, setting] of Object.entries(settings)) {
        const said = { ...setting, default: undefined, where: undefined }
        expect(said, name).toEqual(known.get(name) ?? said)
        known.set(name, said)
      }
    }
  })

  it('are the same scores', () => {
    const known = new Map<string, Task['scores'][number]>()
    for (const score of all.flatMap(({ scores }) => scores)) {
      expect(score, score.name).toBe(known.get(score.name) ?? score)
      known.set(score.name, score)
    }
  })
})

it('has a task and a score for every published result', () => {
  for (const { protocol, metric } of published.results) {
    const { scores } = tasks[protocol as Protocol]
    expect(scores.map(({ name }) => name)).toContain(metric)
  }
  for (const { protocol, settings } of published.protocols) {
    expect(() => completeSettings(protocol as Protocol, settings)).not.toThrow()
  }
})

it('refuses values that do not go together, in the words of the task', () => {
  const { settings } = tasks.linear
  const task = defineTask({
    ...tasks.linear,
    settings: { milestone1: settings.milestone1, milestone2: settings.milestone2 },
    schedules: {},
    method: () => [],
    fault: ({ milestone1, milestone2 }) =>
      milestone1 < milestone2 ? null : 'The second milestone comes after the first.',
  })
  expect(valuesFor(task, { milestone1: 10 })).toMatchObject({ milestone1: 10 })
  const wrong = { milestone1: 20, milestone2: 10 }
  expect(() => valuesFor(task, wrong)).toThrow(
    new ConfigError('The second milestone comes after the first.'),
  )
})

function defaults({ settings }: Task): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).map(([name, row]) => [name, row.default]))
}
