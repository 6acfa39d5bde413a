import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { filledProject, loseDatabase } from '../recovery/lost-project.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { runCli } from './run-cli.ts'

const temporaryFolder = temporaryFolders()

it('a project whose database is lost is refused, checked, restored and used again', async () => {
  const folder = filledProject(temporaryFolder())
  loseDatabase(folder)
  const refused = await runCli('serve', '--project', folder)
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain(`bin/fame project restore --project ${folder}\n`)
  expect(existsSync(join(folder, 'workbench.sqlite'))).toBe(false)

  const checked = await runCli('project', 'check', '--project', folder)
  expect(checked.code).toBe(1)
  expect(checked.stdout).toContain('ERROR runs: The database is missing')

  const restored = await runCli('project', 'restore', '--project', folder)
  expect(restored).toMatchObject({ code: 0, stdout: expect.stringContaining('run 2: restored') })
  const whole = await runCli('project', 'check', '--json', '--project', folder)
  expect(whole).toMatchObject({ code: 0 })
  const runs = await runCli('runs', '--project', folder)
  expect(runs.stdout).toMatch(/first.*done.*6\/6/)
}, 180_000)
