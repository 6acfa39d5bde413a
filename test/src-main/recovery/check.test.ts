import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { checkProject, type Finding } from '#main/recovery/check.ts'
import { openProject } from '#main/store/project.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { filledProject, loseDatabase } from './lost-project.ts'

const temporaryFolder = temporaryFolders()

async function errorsOf(folder: string): Promise<string[]> {
  const findings: Finding[] = []
  for await (const finding of checkProject(folder)) findings.push(finding)
  return findings
    .filter(({ level }) => level === 'error')
    .map(({ what, message }) => `${what}: ${message}`)
}

it('finds nothing wrong with a whole project, open or not', async () => {
  const folder = filledProject(temporaryFolder())
  expect(await errorsOf(folder)).toEqual([])
  const project = openProject(folder)
  expect(await errorsOf(folder)).toEqual([])
  project.close()
})

it('finds what is damaged, missing or without an owner', async () => {
  const folder = filledProject(temporaryFolder())
  const checkpoint = join(folder, 'runs/1/checkpoints/step-00000003.safetensors')
  writeFileSync(checkpoint, 'changed')
  rmSync(join(folder, 'runs/2'), { recursive: true })
  const db = new Database(join(folder, 'workbench.sqlite'))
  db.pragma('foreign_keys = OFF')
  db.exec('UPDATE evaluations SET run_id = 77')
  db.close()
  const errors = await errorsOf(folder)
  expect(errors).toEqual([
    expect.stringMatching(/^database: 1 rows of evaluations of runs refer to/),
    expect.stringMatching(/^run 1: Checkpoint step-00000003.*does not match its hash/),
    expect.stringMatching(/^run 2: It is done, but its folder .* is missing/),
  ])
})

it('notes folders whose rows are gone', async () => {
  const folder = filledProject(temporaryFolder())
  const project = openProject(folder)
  project.store.runs.delete(1)
  project.close()
  const notes: string[] = []
  for await (const { level, message } of checkProject(folder)) {
    if (level === 'note') notes.push(message)
  }
  expect(notes).toContainEqual(expect.stringMatching(/runs\/1 belongs to no row/))
})

it('says what a lost database does not know', async () => {
  const folder = filledProject(temporaryFolder())
  loseDatabase(folder)
  mkdirSync(join(folder, 'logs'), { recursive: true })
  const errors = await errorsOf(folder)
  expect(errors).toContainEqual(expect.stringMatching(/does not know runs\/ 1, 2/))
  expect(errors).toContainEqual(expect.stringMatching(/missing or is not a database/))
})
