import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { dropTrials, trialFolder } from '#main/runs/trials/trial-folder.ts'
import { openProject } from '#main/store/project.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'

const temporaryFolder = temporaryFolders()

it('what trials leave that were cut off is taken away, and nothing else', async () => {
  const project = openProject(join(temporaryFolder(), 'project'))
  await dropTrials(project)
  const [a, b] = [await trialFolder(project), await trialFolder(project)]
  writeFileSync(join(a, 'checkpoint'), '')
  mkdirSync(join(project.cacheFolder, 'features'), { recursive: true })
  expect(b).not.toBe(a)
  await dropTrials(project)
  expect(readdirSync(project.cacheFolder)).toEqual(['features'])
  project.close()
})
