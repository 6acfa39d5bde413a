import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { openProject } from '#main/store/project.ts'
import { openWorkbench } from '#main/workbench.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import {
  addRun,
  checkpointsOf,
  copyDatabase,
  filledProject,
  keptFiles,
  loseDatabase,
  putBack,
} from './lost-project.ts'

const temporaryFolder = temporaryFolders()

describe('a project whose database is lost', () => {
  it.each([
    ['missing', (folder: string) => loseDatabase(folder), /has no database/],
    [
      'empty',
      (folder: string) => {
        loseDatabase(folder)
        writeFileSync(join(folder, 'workbench.sqlite'), '')
      },
      /has an empty database/,
    ],
  ])('is refused when it is %s, and nothing is changed', async (_, lose, message) => {
    const folder = filledProject(temporaryFolder())
    lose(folder)
    const before = readdirSync(folder).sort()
    for (const open of [() => openProject(folder), () => openProject(folder, { readonly: true })]) {
      expect(open).toThrow(message)
      expect(open).toThrow(/project restore --project/)
      expect(open).toThrow(/runs\/ has 1, 2 and evaluations\/ has 1/)
    }
    await expect(openWorkbench({ project: folder, host: 'web' })).rejects.toThrow(message)
    expect(readdirSync(folder).sort()).toEqual(before)
    expect(checkpointsOf(folder, 1)).toEqual(keptFiles)
  })

  it('is refused when the database is older than the runs', () => {
    const folder = filledProject(temporaryFolder())
    const old = join(folder, 'old.sqlite')
    copyDatabase(folder, old)
    const project = openProject(folder)
    addRun(project, 'third')
    project.close()
    loseDatabase(folder)
    putBack(old, folder)
    expect(() => openProject(folder)).toThrow(/older than its folders: runs\/ has 3,/)
  })

  it('opens where a run was deleted, and where folders are empty', () => {
    const folder = filledProject(temporaryFolder())
    const project = openProject(folder)
    project.store.runs.delete(2)
    project.close()
    mkdirSync(join(folder, 'runs', '9'))
    openProject(folder).close()
  })
})

it('leaves a project free that cannot be settled', async () => {
  const folder = filledProject(temporaryFolder())
  const tags = (value: string): void => {
    const database = new Database(join(folder, 'workbench.sqlite'))
    database.prepare('UPDATE runs SET tags = ?').run(value)
    database.close()
  }
  tags('not JSON')
  await expect(openWorkbench({ project: folder, host: 'web' })).rejects.toThrow('JSON')
  tags('[]')
  const workbench = await openWorkbench({ project: folder, host: 'web' })
  await workbench.close()
})
