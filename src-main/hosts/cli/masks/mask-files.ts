import {
  outcomeTitles,
  type ExportedMasks,
  type ExportMasks,
  type ImportEvent,
  type ImportMasks,
  type ImportOutcome,
} from '#shared/contract/mask-files.ts'
import { exportMasks } from '../../../masks/export.ts'
import { openProject } from '../../../store/project.ts'
import { DecoderPool } from '../../../video/decoder-pool.ts'
import { openWorkbench, videoFile } from '../../../workbench.ts'
import { interruption } from '../jobs.ts'
import { drained, print, printJson, say } from '../output.ts'
import { progressView } from '../progress.ts'

type Done = Extract<ImportEvent, { type: 'done' }>

/**
 * Exports from a project that a window may have open.
 * @throws WorkbenchError as `exportMasks`; Error when it is interrupted
 */
export async function exportTo(folder: string, request: ExportMasks): Promise<ExportedMasks> {
  const project = openProject(folder, { readonly: true })
  const view = progressView()
  const decoders = new DecoderPool({ size: 1 })
  const pictureOf = async (id: number, frame: number): Promise<Uint8Array> =>
    (await decoders.frameJpeg(videoFile(project, id), frame)).bytes
  try {
    for await (const event of exportMasks(request, project.store, interruption(), pictureOf)) {
      if (event.type === 'progress') view.update(progressOf('exporting', event))
      else return { out: event.out, windows: event.windows, leftOut: event.leftOut }
    }
  } finally {
    view.end()
    decoders.close()
    project.close()
  }
  throw new Error('Interrupted. Nothing was written.')
}

/**
 * Shows what of a file does not fit, and how much was taken.
 * @throws Error when rows do not fit or could not be taken, or when it is interrupted
 */
export async function importFrom(
  folder: string,
  request: ImportMasks,
  json: boolean,
): Promise<void> {
  const done = await follow(folder, request, json)
  if (json) printJson(done)
  else print(summaryOf(done, request))
  if (done.failures > 0) throw new Error(`${done.failures} clips could not be imported.`)
  if (done.misfits > 0 && request.mode !== 'fitting') {
    const remedy = 'Correct them, or import the others with --apply-fitting.'
    throw new Error(`Nothing was changed: ${done.misfits} rows do not fit. ${remedy}`)
  }
}

/** Takes the last import, or other decision on many clips, back. */
export async function undoImport(folder: string, json: boolean): Promise<void> {
  const workbench = await openWorkbench({ project: folder, host: 'cli', existing: true })
  try {
    const undone = await workbench.masks.undoBulk()
    if (json) printJson(undone)
    else if (!undone) print('There is nothing to undo.')
    else {
      const kept = undone.kept > 0 ? `; ${undone.kept} changed since then and stay as they are` : ''
      print(`Undid ${undone.label} of ${undone.undone} clips${kept}`)
    }
  } finally {
    await workbench.close()
  }
}

async function follow(folder: string, request: ImportMasks, json: boolean): Promise<Done> {
  const workbench = await openWorkbench({ project: folder, host: 'cli', existing: true })
  const view = progressView()
  try {
    for await (const event of workbench.masks.import(request, interruption())) {
      if (event.type === 'done') return event
      if (event.type === 'progress') view.update(progressOf(event.phase, event))
      else {
        for (const row of event.rows) {
          if (json) printJson(row)
          else if (row.message !== null) view.remark(lineOf(row))
        }
        await drained()
      }
    }
  } finally {
    view.end()
    await workbench.close()
  }
  throw new Error('Interrupted. Clips that were already imported stay; --undo takes them back.')
}

function lineOf(row: { where: string; path: string | null; message: string | null }): string {
  return `${row.where}${row.path === null ? '' : ` (${row.path})`}: ${row.message ?? ''}`
}

function progressOf(phase: string, { done, total }: { done: number; total: number | null }) {
  return { phase, done, total: total ?? done, rate: 0, secondsLeft: null, unit: 'clips', note: '' }
}

function summaryOf({ rows, outcomes, taken, failed }: Done, { mode }: ImportMasks): string {
  const counted = Object.entries(outcomes) as [ImportOutcome, number][]
  const counts = counted.map(([outcome, count]) => `${outcomeTitles[outcome]}: ${count}`)
  const lines = [`${rows} clips${counts.length > 0 ? ` (${counts.join(', ')})` : ''}`]
  for (const { where, message } of failed) say(`${where}: ${message}`)
  if (mode === 'check') lines.push('Nothing was changed. Import them with --apply.')
  else lines.push(`${taken} clips changed`)
  return lines.join('\n')
}
