import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import {
  maskFileFormats,
  maskFileTitles,
  NOT_IN_MASK_FILES,
  type MaskFileFormat,
} from '#shared/contract/mask-files.ts'
import type { MaskState } from '#shared/contract/mask-windows.ts'
import { jsonOption, projectOption, UsageError, wholeNumber } from '../arguments.ts'
import { betaCommand } from './masks-beta.ts'
import { approveCommand, rejectCommand, undoCommand } from './masks-decide.ts'
import { queueCommand, surveyCommand } from './masks-review.ts'
import { maskStates } from './masks-windows.ts'
import { print, printJson } from '../output.ts'

interface ExportOptions {
  format: MaskFileFormat
  out: string
  datasetId?: number
  states?: MaskState[]
  pictures?: boolean
  project: string
  json: boolean
}

const datasetId = wholeNumber(1, Number.MAX_SAFE_INTEGER)

const exportCommand = new Command('export')
  .description('write masks and decisions to a file; works while a window has the project open')
  .addOption(
    new Option('--format <name>', 'format of the file')
      .choices(maskFileFormats)
      .makeOptionMandatory(),
  )
  .requiredOption('--out <path>', 'file to write; for png and davis a folder')
  .option('--dataset-id <n>', 'only masks of this data set', datasetId)
  .option('--states <list>', 'only masks in these states, such as corrected,approved', maskStates)
  .option('--pictures', 'for davis: also write the frames of the clips as JPEG')
  .addOption(projectOption())
  .addOption(jsonOption())
  .addHelpText('after', () => `\nFormats:\n${formatLines().join('\n')}\n${NOT_IN_MASK_FILES}`)
  .action(async ({ project, json, out, ...request }: ExportOptions) => {
    const { exportTo } = await import('./mask-files.ts')
    const done = await exportTo(project, { ...request, out: resolve(out) })
    if (json) return printJson(done)
    print(`${done.windows} clips in ${done.out}`)
    if (done.leftOut > 0) {
      print(
        `${done.leftOut} clips without a mask are left out, because ${request.format} cannot store them.`,
      )
    }
  })

interface ImportOptions {
  format: MaskFileFormat | 'auto'
  datasetId?: number
  apply: boolean
  applyFitting: boolean
  unite: boolean
  undo: boolean
  project: string
  json: boolean
}

const importCommand = new Command('import')
  .description('check a file of masks against a project, and import it with --apply')
  .argument('[path]', 'file to read; for png and davis a folder')
  .addOption(
    new Option('--format <name>', 'format of the file; auto detects it')
      .choices(['auto', ...maskFileFormats])
      .default('auto'),
  )
  .option('--dataset-id <n>', 'data set of the videos', datasetId)
  .option('--apply', 'import everything if all rows fit', false)
  .option('--apply-fitting', 'import the rows that fit and skip the others', false)
  .option('--unite', 'unite masks that differ from frame to frame into one mask of the clip', false)
  .option('--undo', 'undo the last import or the last decision on many clips', false)
  .addOption(projectOption())
  .addOption(jsonOption('print one JSON line per row, then one with the counts'))
  .action(async (path: string | undefined, options: ImportOptions) => {
    const { apply, applyFitting, undo, project, json, ...request } = options
    if (Number(path !== undefined) + Number(undo) !== 1) {
      throw new UsageError('Expected a path or --undo.')
    }
    if (apply && applyFitting) throw new UsageError('Expected --apply or --apply-fitting.')
    const { importFrom, undoImport } = await import('./mask-files.ts')
    if (path === undefined) return await undoImport(project, json)
    const mode = apply ? 'all' : applyFitting ? 'fitting' : 'check'
    await importFrom(project, { ...request, file: resolve(path), mode }, json)
  })

function formatLines(): string[] {
  return maskFileFormats.map((name) => `  ${name.padEnd(12)} ${maskFileTitles[name].holds}`)
}

export const masksCommand = new Command('masks')
  .description('review, approve and reject masks, set beta, export and import')
  .addCommand(surveyCommand)
  .addCommand(queueCommand)
  .addCommand(approveCommand)
  .addCommand(rejectCommand)
  .addCommand(undoCommand)
  .addCommand(betaCommand)
  .addCommand(exportCommand)
  .addCommand(importCommand)
