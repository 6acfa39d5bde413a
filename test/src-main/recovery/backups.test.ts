import { readdirSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { restoreProject } from '#main/recovery/restore.ts'
import { backupFolder, Backups, listBackups } from '#main/store/backups.ts'
import { openProject } from '#main/store/project.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { backUp, filledProject } from './lost-project.ts'

const temporaryFolder = temporaryFolders()

describe('daily backups', () => {
  const day = (n: number): number => Date.parse('2026-11-01T12:00:00Z') + n * 24 * 3600 * 1000

  it('are whole copies of an open project, once a day, three kept', async () => {
    const folder = filledProject(temporaryFolder())
    const project = openProject(folder)
    for (const n of [0, 0.5, 1, 2, 3, 3.9]) await backUp(folder, day(n))
    const stamps = listBackups(folder).map(({ at }) => (at - day(0)) / (day(1) - day(0)))
    expect(stamps).toEqual([3, 2, 1])
    expect(readdirSync(backupFolder(folder)).filter((name) => name.endsWith('.part'))).toEqual([])
    project.store.runs.change(1, { name: 'after' })
    project.close()
    await restoreProject(folder, { backup: 'newest' })
    const again = openProject(folder)
    expect(again.store.runs.get(1).name).toBe('first')
    again.close()
  })

  it('go on when the clock was put back', async () => {
    const folder = filledProject(temporaryFolder())
    await backUp(folder, day(10))
    await backUp(folder, day(0))
    expect(listBackups(folder)).toHaveLength(2)
  })

  it('never take the place of one that is whole when the database is damaged', async () => {
    const folder = filledProject(temporaryFolder())
    await backUp(folder, day(0))
    truncateSync(join(folder, 'workbench.sqlite'), 9000)
    const backups = new Backups({
      folder,
      database: join(folder, 'workbench.sqlite'),
      now: () => day(1),
    })
    await backups.makeIfDue()
    expect(backups.failure).toMatch(/damaged|malformed/)
    expect(listBackups(folder)).toHaveLength(1)
  })
})
