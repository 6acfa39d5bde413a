import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { farCommands } from '../../../src-renderer/src/commands/catalogue.ts'
import { groupsOf, used, type PaletteItem } from '../../../src-renderer/src/commands/palette.ts'

function item(id: string, more: Partial<PaletteItem> = {}): PaletteItem {
  return { id, group: 'Commands', label: id, detail: '', perform: () => {}, ...more }
}
const ids = (groups: ReturnType<typeof groupsOf>) =>
  groups.map(({ title, items }) => [title, items.map(({ id }) => id)])

describe('groupsOf', () => {
  const items = [
    item('New run', { detail: 'Runs' }),
    item('Stop the run', { detail: 'Runs', reason: 'No run is under way.' }),
    item('run:1', { group: 'Runs', label: 'FAME short' }),
    item('video:9', { group: 'Videos', label: 'v_Spin_g01.avi' }),
  ]

  it('groups what it finds, the group with the best match first', () => {
    expect(ids(groupsOf(items, 'fame', []))[0]).toEqual(['Runs', ['run:1']])
    expect(ids(groupsOf(items, 'new run', []))[0]).toEqual(['Commands', ['New run']])
  })

  it('shows what cannot be used now after what can', () => {
    expect(ids(groupsOf(items, 'run', []))[0]).toEqual(['Commands', ['New run', 'Stop the run']])
  })

  it('keeps videos that the host has found by other words than the label shows', () => {
    expect(ids(groupsOf(items, 'held-out', []))).toEqual([['Videos', ['video:9']]])
  })

  it('starts with what was used lately, as long as it is there', () => {
    const groups = groupsOf(items, '', ['run:1', 'gone', 'New run'])
    expect(ids(groups)[0]).toEqual(['Recent', ['run:1', 'New run']])
    expect(
      ids(groups)
        .flat(2)
        .filter((id) => id === 'run:1'),
    ).toHaveLength(1)
  })
})

it('moves what is used to the front of what was used lately', () => {
  const [a, b] = ['a', 'b'].map((id) => ({ id, label: id, detail: '' }))
  expect(used([a!, b!], b!)).toEqual([b, a])
  const many = Array.from({ length: 24 }, (_, i) => ({ id: String(i), label: '', detail: '' }))
  expect(used(many, a!)).toHaveLength(24)
})

it('lists only commands that a view has, each defined once', () => {
  const sources = globSync('src-renderer/src/{app,features,ui,charts,lib}/**/*.{vue,ts}')
    .map((file) => readFileSync(file, 'utf8'))
    .join()
  const uses = farCommands.map(({ name }) => [
    name,
    sources.split(`farCommand('${name}')`).length - 1,
  ])
  expect(uses.filter(([, count]) => count !== 1)).toEqual([])
  const copies = farCommands.filter(({ name }) => sources.includes(`name: '${name}'`))
  expect(copies).toEqual([])
})
