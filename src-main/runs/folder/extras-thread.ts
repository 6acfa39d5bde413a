/** Entry of the thread that makes what an exported run has beside copies: a long curve takes seconds. */
import { answerHost } from '../../base/processes/from-thread.ts'
import { explainWriting } from '../../base/files/staged-output.ts'
import { openProject } from '../../store/project.ts'
import { writeExtras } from './extras.ts'

export interface ExtrasTask {
  /** Folder of the project, absolute. */
  project: string
  run: number
  /** Folder with the copies, absolute. */
  folder: string
  /** What the folder will be called, for messages. */
  out: string
}

await answerHost(async function* ({ project: from, run, folder, out }: ExtrasTask) {
  const project = openProject(from, { readonly: true })
  try {
    await writeExtras(project, project.store.runs.get(run), folder)
    yield 'written'
  } catch (error) {
    throw explainWriting(error, out)
  } finally {
    project.close()
  }
})
