import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { checkRows } from '#main/runs/folder/apart/check-rows.ts'
import { renumbered } from '#main/runs/folder/apart/renumber.ts'
import { readCard } from '#main/runs/folder/import-folder.ts'
import { layout, type FolderCard } from '#main/runs/folder/layout.ts'
import { Store } from '#main/store/store.ts'
import { WorkbenchError } from '#main/base/workbench-error.ts'
import { changed, changes } from '../../../changed-bytes.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'

// Together 2,000 changes of the files of an exported run.
const RUNS = { card: 700, sums: 500, rows: 400, numbers: 400 }

const temporaryFolder = temporaryFolders()
const sampleRun = { name: 'Waves', config: completeConfig({}), totalSteps: 10 }
const card: FolderCard = {
  format: 'fame-run',
  version: 1,
  uid: 'a'.repeat(64),
  exportedAt: '2026-01-01T00:00:00.000Z',
  workbench: '0.1.0',
  project: 'project',
  run: 1,
  name: 'Waves',
  dataset: { name: 'set', videos: 4 },
}

/** Whether it came through, or was refused in words for people. */
async function outcome(work: () => unknown): Promise<'read' | 'refused'> {
  try {
    await work()
    return 'read'
  } catch (error) {
    expect(error).toBeInstanceOf(WorkbenchError)
    return 'refused'
  }
}

describe('an exported run whose bytes were changed is read or refused in words', () => {
  it.each(['card', 'sums'] as const)('in its %s', async (part) => {
    const folder = temporaryFolder()
    const contents = {
      card: Buffer.from(JSON.stringify(card)),
      sums: Buffer.from(`${'0'.repeat(64)}  run.json\n${'1'.repeat(64)}  files/a b.txt\n`),
    }
    writeFileSync(join(folder, layout.card), contents.card)
    writeFileSync(join(folder, layout.sums), contents.sums)
    const ends = { read: 0, refused: 0 }
    await fc.assert(
      fc.asyncProperty(changes, async (each) => {
        writeFileSync(join(folder, layout[part]), changed(contents[part], each))
        ends[await outcome(() => readCard(folder))]++
      }),
      { numRuns: RUNS[part] },
    )
    expect(Math.min(ends.read, ends.refused)).toBeGreaterThan(0)
  })

  describe('in its rows', () => {
    let rows: Buffer
    beforeAll(() => {
      const file = join(temporaryFolder(), 'run.sqlite')
      const store = new Store(file, { staged: true })
      const datasetId = store.datasets.ensure({ name: 'set', format: 'folder', folder: '/set' })
      store.runs.add({ ...sampleRun, datasetId })
      store.close()
      rows = readFileSync(file)
    })

    it('on any page', async () => {
      const folder = temporaryFolder()
      const ends = { read: 0, refused: 0 }
      await fc.assert(
        fc.asyncProperty(changes, async (each) => {
          rmSync(folder, { recursive: true, force: true })
          mkdirSync(folder)
          const file = join(folder, 'run.sqlite')
          writeFileSync(file, changed(rows, each))
          ends[await outcome(() => checkRows(file, 1))]++
        }),
        { numRuns: RUNS.rows },
      )
      expect(Math.min(ends.read, ends.refused)).toBeGreaterThan(0)
    })
  })

  it('in the files that name videos', () => {
    const line = { video: 4, truth: 0, top: [[0, 0.5]], near: [[2, 0, 0.75]] }
    const files = {
      'predictions.jsonl': Buffer.from(`${JSON.stringify(line)}\n${JSON.stringify(line)}\n`),
      'map.json': Buffer.from(JSON.stringify({ points: { videoId: [1, 2] }, videoId: 3 })),
    }
    const name = fc.constantFrom(...(Object.keys(files) as (keyof typeof files)[]))
    fc.assert(
      fc.property(name, changes, (file, each) => {
        const text = changed(files[file], each).toString()
        expect(typeof renumbered(file, text, (id) => id + 1)).toBe('string')
      }),
      { numRuns: RUNS.numbers },
    )
  })
})

it('files larger than a run has are refused before they are read', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, layout.sums), '')
  writeFileSync(join(folder, layout.card), Buffer.alloc(2 ** 20 + 1, ' '))
  await expect(readCard(folder)).rejects.toThrow('more than 1048576')
})

it('rows with more text than a run has are refused', () => {
  const file = join(temporaryFolder(), 'run.sqlite')
  const store = new Store(file, { staged: true })
  const datasetId = store.datasets.ensure({ name: 'set', format: 'folder', folder: '/set' })
  store.runs.add({ ...sampleRun, datasetId, name: 'x'.repeat(9_000_000) })
  store.close()
  expect(() => checkRows(file, 1)).toThrow('more than any run has')
})
