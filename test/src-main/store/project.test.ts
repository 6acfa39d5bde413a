import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { openProject } from '#main/store/project.ts'
import { temporaryFolders } from './temporary-folder.ts'

const temporaryFolder = temporaryFolders()
const program = fileURLToPath(new URL('writer-process.ts', import.meta.url))

/** Starts a process that writes to a project; resolves when it has told its first commits. */
async function startWriter(
  folder: string,
  commits: number,
): Promise<{ child: ChildProcess; told: string[] }> {
  const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  const told: string[] = []
  const lines = createInterface({ input: child.stdout })
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      told.push(line)
      if (told.length === commits) resolve()
    })
    child.once('exit', () => reject(new Error('The writer ended early')))
  })
  return { child, told }
}

async function kill(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close')
  child.kill('SIGKILL')
  await closed
}

describe('a project folder', () => {
  it('has one writer; others are told its process and may read', async () => {
    const folder = join(temporaryFolder(), 'new', 'project')
    const { child } = await startWriter(folder, 3)
    expect(() => openProject(folder)).toThrow(
      `${folder} is open in another workbench (process ${child.pid}). Use that workbench, close it`,
    )
    const reader = openProject(folder, { readonly: true })
    const before = reader.store.videos.count({})
    expect(before).toBeGreaterThanOrEqual(3)
    reader.close()
    await kill(child)
    const project = openProject(folder)
    expect(project.store.videos.count({})).toBeGreaterThanOrEqual(before)
    project.close()
  })

  it('is refused to a second workbench of the same process, and free after the first', () => {
    const folder = temporaryFolder()
    const first = openProject(folder)
    expect(() => openProject(folder)).toThrow(`process ${process.pid}`)
    first.close()
    openProject(folder).close()
  })

  it('can be opened again after its database was refused', () => {
    const folder = temporaryFolder()
    const file = join(folder, 'workbench.sqlite')
    const foreign = new Database(file)
    foreign.exec('CREATE TABLE bookmarks (url TEXT)')
    expect(() => openProject(folder)).toThrow('another program')
    foreign.exec('DROP TABLE bookmarks')
    foreign.close()
    openProject(folder).close()
  })

  it('loses no commit to kill -9', async () => {
    for (const commits of [1, 40, 150]) {
      const folder = temporaryFolder()
      const { child, told } = await startWriter(folder, commits)
      await kill(child)
      const { store, ...project } = openProject(folder)
      const stored = new Set([...store.videos.pages()].flat().map((video) => video.path))
      expect(told.filter((path) => !stored.has(path))).toEqual([])
      expect(told.length).toBeGreaterThanOrEqual(commits)
      store.close()
      const db = new Database(join(project.folder, 'workbench.sqlite'))
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
      expect(db.pragma('foreign_key_check')).toEqual([])
      db.close()
    }
  })
})
