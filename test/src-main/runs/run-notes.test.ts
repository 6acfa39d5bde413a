import { existsSync, mkdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { completeSettings } from '#shared/config/evaluation-settings.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { RunNotebook } from '#main/runs/run-notes.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { openQueues, trainingProject } from './training-project.ts'

const temporaryFolder = temporaryFolders()

function projectWith(...statuses: ('done' | 'running' | 'paused')[]) {
  const project = trainingProject(temporaryFolder())
  const { runs, datasets } = project.store
  const datasetId = datasets.list()[0].id
  for (const status of statuses) {
    const { id } = runs.add({ name: status, config: completeConfig({}), datasetId, totalSteps: 1 })
    runs.change(id, { status })
    mkdirSync(project.runFolder(id), { recursive: true })
  }
  return { project, kept: new RunNotebook(project) }
}

describe('notes of a run', () => {
  it('keep what is not named, and each tag once', () => {
    const { project, kept } = projectWith('done')
    kept.note(1, { notes: 'collapsed at 300', starred: true })
    const run = kept.note(1, { tags: ['b', 'a', 'b'], name: 'better' })
    expect(run).toMatchObject({
      name: 'better',
      notes: 'collapsed at 300',
      starred: true,
      archived: false,
      tags: ['a', 'b'],
    })
    project.close()
  })
})

describe('the trash', () => {
  it('gives runs back as they were until it is emptied', async () => {
    const { project, kept } = projectWith('done', 'paused')
    expect(kept.trash([1, 2], true).every(({ trashedAt }) => trashedAt !== null)).toBe(true)
    expect(kept.trash([1], false)[0]).toMatchObject({ trashedAt: null, status: 'done' })
    expect((await kept.emptyTrash()).map(({ id }) => id)).toEqual([1])
    expect([1, 2].map((id) => existsSync(project.runFolder(id)))).toEqual([true, false])
    project.close()
  })

  it('takes evaluations along, with their files', async () => {
    const { project, kept } = projectWith('done', 'done')
    const { evaluations, runs } = project.store
    const folders = [1, 2].map((runId) => {
      const { config, datasetId } = runs.get(runId)
      const whose = { runId, runName: 'done', config, datasetId }
      const settings = completeSettings('linear', {})
      const { id } = evaluations.add({ ...whose, protocol: 'linear', settings })
      evaluations.change(id, { status: 'done', finishedAt: new Date().toISOString() })
      mkdirSync(project.evaluationFolder(id), { recursive: true })
      return project.evaluationFolder(id)
    })
    kept.trash([1], true)
    await kept.emptyTrash()
    expect(evaluations.list().map(({ runId }) => runId)).toEqual([2])
    expect(folders.map((folder) => existsSync(folder))).toEqual([false, true])
    project.close()
  })

  it('keeps what is still being imported', async () => {
    const { project, kept } = projectWith('done')
    const missing = { name: 'set', videos: 1 }
    const imported = { at: '', project: 'p', run: 1, uid: 'u', missing, whole: false }
    project.store.runs.change(1, { imported })
    kept.trash([1], true)
    expect((await kept.emptyTrash()).map(({ id }) => id)).toEqual([1])
    project.close()
  })

  it('lets nothing in it go on', () => {
    const { project, kept } = projectWith('paused')
    kept.trash([1], true)
    const { runs } = openQueues(project)
    expect(() => runs.resume(1)).toThrow('Run 1 is in the trash. Restore it, then resume it.')
    project.close()
  })

  it('takes no run that is under way, nor those named with it', () => {
    const { project, kept } = projectWith('done', 'running')
    expect(() => kept.trash([1, 2], true)).toThrow('Run 2 (running) is still running')
    expect(project.store.runs.get(1).trashedAt).toBeNull()
    project.close()
  })
})
