import { copyFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { MetricPoint } from '#shared/contract/runs.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { Backups } from '#main/store/backups.ts'
import { openProject, type Project } from '#main/store/project.ts'
import { writeRowCard } from '#main/store/row-card.ts'
import { saveCheckpoint } from '#main/trainer/checkpoint/checkpoints.ts'
import { MetricJournal } from '#main/trainer/telemetry/metric-journal.ts'
import { trainingProject } from '../runs/training-project.ts'

export const config = completeConfig({ batch: 2, queue: 4, epochs: 3, checkpointEvery: 3 })

/** Files of checkpoints that a run of `addRun` has. */
export const keptFiles = ['manifest.json', 'step-00000003.safetensors', 'step-00000006.safetensors']

export const losses = (to: number): MetricPoint[] =>
  Array.from({ length: to }, (_, i) => ({ step: i + 1, name: 'loss', value: 1 / (i + 3) }))

/** Adds a run that has ended at step 6, with all that a trainer leaves in its folder. */
export function addRun(project: Project, name: string): number {
  const { runs, runMetrics } = project.store
  const { id } = runs.add({ name, config, datasetId: 1, totalSteps: 6, tags: ['kept'] })
  const now = '2026-11-01T10:00:00.000Z'
  runs.change(id, { status: 'done', startedAt: now, finishedAt: now, notes: 'a note' })
  const folder = project.runFolder(id)
  const journal = new MetricJournal(folder, 1)
  journal.append(losses(6))
  journal.close()
  runMetrics.write(id, losses(6))
  runs.advance(id, 6)
  for (const step of [3, 6]) {
    const metadata = { format: 'pt', config: JSON.stringify(config), step: String(step) }
    saveCheckpoint(folder, step, { tensors: new Map(), metadata })
  }
  writeRowCard(project, 'runs', id)
  return id
}

/** Adds an evaluation of a run, with its result. */
export function addEvaluation(project: Project, runId: number): number {
  const { evaluations } = project.store
  const settings = { clips: 10 } as never
  const { id } = evaluations.add({
    runId,
    runName: 'r',
    datasetId: 1,
    protocol: 'linear',
    settings,
    config,
  })
  const counts = { trainVideos: 4, testVideos: 2, seconds: 1 }
  const result = { scores: { top1: 0.5 }, classes: ['Bounce', 'Spin'], ...counts }
  evaluations.change(id, { status: 'done', result })
  writeRowCard(project, 'evaluations', id)
  return id
}

/** A project with two runs and an evaluation, closed; absolute. */
export function filledProject(folder: string): string {
  const project = trainingProject(folder)
  const first = addRun(project, 'first')
  addRun(project, 'second')
  addEvaluation(project, first)
  project.close()
  return project.folder
}

export function loseDatabase(folder: string): void {
  for (const end of ['', '-wal', '-shm'])
    rmSync(join(folder, `workbench.sqlite${end}`), { force: true })
}

/** Opens and closes it, so that its log is in the file; then copies it. */
export function copyDatabase(folder: string, to: string): void {
  openProject(folder).close()
  copyFileSync(join(folder, 'workbench.sqlite'), to)
}

export function checkpointsOf(folder: string, run: number): string[] {
  return readdirSync(join(folder, 'runs', String(run), 'checkpoints')).sort()
}

/** @param at the time by the backup's clock */
export async function backUp(folder: string, at?: number): Promise<void> {
  const database = join(folder, 'workbench.sqlite')
  const backups = new Backups({ folder, database, ...(at !== undefined && { now: () => at }) })
  await backups.makeIfDue()
  expect(backups.failure).toBe(null)
}

export function putBack(from: string, folder: string): void {
  copyFileSync(from, join(folder, 'workbench.sqlite'))
}
