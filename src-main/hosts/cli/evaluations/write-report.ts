import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import manifest from '../../../../package.json' with { type: 'json' }
import { formatTable, tableFormats, type TableFormat } from '#shared/report/table.ts'
import { projectReport } from '../../../reports/project-report.ts'
import { scoreTables } from '../../../reports/score-tables.ts'
import { gatherReport } from '../../../reports/report-source.ts'
import { openProject } from '../../../store/project.ts'
import { print } from '../output.ts'

export interface WriteReport {
  project: string
  /** Absolute. */
  out: string
  evaluations?: readonly number[]
}

/**
 * Writes `report.html`, and each table in every format; works while a window has the
 * project open.
 * @throws Error when a file cannot be written.
 */
export async function report({ project, out, evaluations }: WriteReport): Promise<void> {
  const opened = openProject(project, { readonly: true })
  try {
    const request = { evaluations, version: manifest.version }
    const source = await gatherReport(opened, request)
    await mkdir(out, { recursive: true })
    await writeFile(join(out, 'report.html'), [...projectReport(source)].join(''))
    for (const { name, table } of scoreTables(source)) {
      for (const [format, ending] of Object.entries(tableFormats)) {
        const text = formatTable(table, format as TableFormat)
        await writeFile(join(out, `${name}.${ending}`), text)
      }
    }
    print(`Report: ${join(out, 'report.html')}`)
  } finally {
    opened.close()
  }
}
