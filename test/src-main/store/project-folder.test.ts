import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { isLocked } from '#main/store/lock.ts'
import { SCHEMA_VERSION } from '#main/store/migrations.ts'
import { openProject } from '#main/store/project.ts'
import { openCopy } from '#main/store/read-only-copy.ts'
import { filledProject } from '../recovery/lost-project.ts'
import { temporaryFolders } from './temporary-folder.ts'

const temporaryFolder = temporaryFolders()
const cli = fileURLToPath(new URL('../../../src-main/hosts/cli.ts', import.meta.url))
const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8)

describe('a folder that cannot be a project', () => {
  it.each([800, 3800])('is refused by its length, %i bytes, and leaves nothing', (length) => {
    const folder = temporaryFolder()
    let path = folder
    while (path.length < length) path = join(path, 'a'.repeat(100))
    expect(() => openProject(path)).toThrow(/path of the project folder is too long: it has \d+/)
    expect(() => openProject(path, { readonly: true })).toThrow('too long')
    expect(readdirSync(folder)).toEqual([])
  })

  it('takes the longest path that it does not refuse', async () => {
    const start = join(temporaryFolder(), 'p')
    const [, limit] = /the limit of the database is (\d+)/.exec(
      messageOf(() => openProject(start.padEnd(2000, 'p'))),
    )!
    const names = start.padEnd(Number(limit), 'p').match(/.{1,200}/g)!
    const folder = names.join('/').slice(0, Number(limit))
    const project = openProject(folder)
    await project.backups.makeIfDue()
    expect(project.backups.failure).toBe(null)
    project.close()
  })

  it('is named as a file when it is one', () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    expect(() => openProject(file)).toThrow(`${file} is a file, not a folder`)
    expect(() => openProject(join(file, 'below'))).toThrow(`${file} is a file, not a folder`)
    expect(() => openProject(file, { readonly: true })).toThrow('is a file, not a folder')
  })
})

describe('a lock that cannot be had', () => {
  it.each([
    ['garbage', (file: string) => writeFileSync(file, 'x'.repeat(5000)), 'is damaged'],
    ['a folder', (file: string) => mkdirSync(file), 'is a folder'],
  ])('says what to do: %s', (_, make, fact) => {
    const folder = temporaryFolder()
    const file = join(folder, 'lock.sqlite')
    make(file)
    expect(() => openProject(folder)).toThrow(`${file} ${fact}. It has no data`)
    expect(() => openProject(folder)).toThrow('then delete it')
    expect(isLocked(folder)).toBe(false)
  })
})

describe('rights', () => {
  it('a new project belongs to its owner alone', () => {
    const folder = join(temporaryFolder(), 'project')
    const project = openProject(folder)
    expect(project.notes).toEqual([])
    project.store.datasets.ensure({ name: 'a', format: 'ucf101', folder: '/a' })
    expect(mode(folder)).toBe('700')
    const files = readdirSync(folder).filter((name) => name.includes('sqlite'))
    expect(files.length).toBeGreaterThan(2)
    for (const name of files) expect([name, mode(join(folder, name))]).toEqual([name, '600'])
    project.close()
  })

  it('an older one is tightened when it is opened, which is told once', () => {
    const folder = filledProject(temporaryFolder())
    const [run, file] = [join(folder, 'runs/1'), join(folder, 'workbench.sqlite')]
    chmodSync(folder, 0o755)
    chmodSync(run, 0o775)
    chmodSync(file, 0o644)
    const project = openProject(folder)
    expect(project.notes).toEqual([expect.stringContaining(`could read the project ${folder}`)])
    expect([folder, run, file].map(mode)).toEqual(['700', '700', '600'])
    project.close()
    const again = openProject(folder)
    expect(again.notes).toEqual([])
    again.close()
  })
})

describe('a project that is only read', () => {
  it('is whole in the copy of its database, with what is in the log alone', () => {
    const folder = filledProject(temporaryFolder())
    const project = openProject(folder)
    project.store.runs.change(1, { name: 'in the log' })
    const still = join(temporaryFolder(), 'still')
    cpSync(folder, still, { recursive: true })
    project.close()
    const copy = openCopy(join(still, 'workbench.sqlite'))
    expect(copy.prepare('SELECT name FROM runs WHERE id = 1').pluck().get()).toBe('in the log')
    expect(copy.pragma('integrity_check', { simple: true })).toBe('ok')
    copy.close()
    // The original keeps its log.
    expect(existsSync(join(still, 'workbench.sqlite-wal'))).toBe(true)
    const original = new Database(join(still, 'workbench.sqlite'))
    expect(original.prepare('SELECT count(*) FROM runs').pluck().get()).toBe(2)
    original.close()
  })

  it.skipIf(!mayMount())(
    'can be read on a read-only disk, and says so to who would write (needs leave to mount)',
    () => {
      const folder = filledProject(temporaryFolder())
      const disk = temporaryFolder()
      // An older workbench's, which cannot be brought up to date there.
      const older = new Database(join(folder, 'workbench.sqlite'))
      // What the last migration adds must not be there, and what it replaces must.
      older.exec(`
        DROP TRIGGER turn_masks;
        ALTER TABLE masks DROP COLUMN by_frame;
        ALTER TABLE mask_edits DROP COLUMN by_frame_change;
        CREATE TRIGGER turn_masks AFTER UPDATE OF rotation ON videos BEGIN SELECT 1; END`)
      older.pragma(`user_version = ${SCHEMA_VERSION - 1}`)
      older.close()
      const runs = onReadOnlyDisk(folder, disk, 'runs')
      expect(runs).toMatchObject({ status: 0, stdout: expect.stringMatching(/first.*second/s) })
      const videos = onReadOnlyDisk(folder, disk, 'videos')
      expect(videos).toMatchObject({ status: 0, stdout: expect.stringContaining('v_Bounce_0') })
      const written = onReadOnlyDisk(folder, disk, 'pretrain')
      expect(written.status).toBe(1)
      expect(written.stderr).toContain('is on a read-only disk (EROFS). To work in it')
    },
    180_000,
  )
})

it('indexing a folder that is not there leaves no project behind', () => {
  const folder = temporaryFolder()
  const [project, videos] = [join(folder, 'new'), join(folder, 'none')]
  const args = [cli, 'index', videos, '--project', project]
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: expect.stringContaining(`There is no folder ${videos}`),
  })
  expect(readdirSync(folder)).toEqual([])
})

function messageOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('It did not fail')
}

/** Copies a project to a disk that is then read-only, in namespaces that need no rights. */
const READ_ONLY =
  'mount -t tmpfs none "$0" && cp -r "$1" "$0/project" && mount -o remount,ro "$0" && shift && exec "$@"'

/** Runs a command on a copy of a project on a read-only disk. */
function onReadOnlyDisk(folder: string, disk: string, ...args: string[]) {
  const program = [process.execPath, cli, ...args, '--project', join(disk, 'project')]
  const command = ['-rm', 'sh', '-c', READ_ONLY, disk, folder, ...program]
  return spawnSync('unshare', command, { encoding: 'utf8' })
}

function mayMount(): boolean {
  if (process.platform !== 'linux') return false
  const command = ['-rm', 'sh', '-c', READ_ONLY, '/mnt', '/etc/hostname', 'true']
  return spawnSync('unshare', command).status === 0
}
