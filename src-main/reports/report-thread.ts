/** Entry of the thread that writes the report of a project: a large one takes seconds. */
import { answerHost } from '../base/processes/from-thread.ts'
import { openProject } from '../store/project.ts'
import { projectReport } from './project-report.ts'
import { gatherReport, type ReportRequest } from './report-source.ts'

export interface ReportTask extends ReportRequest {
  /** Folder of the project, absolute. */
  project: string
}

/** Letters handed over at a time, about. */
const PIECE = 200_000

await answerHost(async function* ({ project: folder, ...request }: ReportTask) {
  const project = openProject(folder, { readonly: true })
  try {
    let piece = ''
    for (const part of projectReport(await gatherReport(project, request))) {
      piece += part
      for (; piece.length >= PIECE; piece = piece.slice(PIECE)) yield piece.slice(0, PIECE)
    }
    yield piece
  } finally {
    project.close()
  }
})
