import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { doctorSchema } from '#shared/contract/doctor.ts'
import { openProject } from '#main/store/project.ts'
import manifest from '../../../package.json' with { type: 'json' }
import { temporaryFolders } from '../store/temporary-folder.ts'
import { runCli } from './run-cli.ts'

const temporaryFolder = temporaryFolders()

it('prints the version of package.json', async () => {
  const { code, stdout } = await runCli('--version')
  expect([code, stdout]).toEqual([0, `${manifest.version}\n`])
  expect(manifest.version).toMatch(/^\d+\.\d+\.\d+$/)
})

describe('doctor', { tags: ['tensorflow'] }, () => {
  it('prints what the contract promises', async () => {
    const project = openProject(join(temporaryFolder(), 'project'))
    project.close()
    const { code, stdout } = await runCli('doctor', '--project', project.folder, '--json')
    expect(code).toBe(0)
    expect(doctorSchema.parse(JSON.parse(stdout)).node).toBe(process.versions.node)
  })
})
