/** Entry of the process that reads files of an exported run. */
import { WorkbenchError } from '../../../base/workbench-error.ts'
import { checkRows } from './check-rows.ts'
import { renumber } from './renumber.ts'
import type { Answer, FolderTask, FromTask, Question, ToTask } from './tasks.ts'
import { writePaths } from './write-paths.ts'

/** Milliseconds between two signs of life. */
const SIGN_EVERY = 1000

let answered = Promise.withResolvers<Answer>()

process.on('message', (message: ToTask) => {
  if (message.type === 'answer') answered.resolve(message.answer)
  else void work(message.task)
})
process.on('disconnect', () => process.exit())

function tell(message: FromTask): void {
  process.send?.(message)
}

function ask(question: Question): Promise<Answer> {
  answered = Promise.withResolvers()
  tell({ type: 'question', question })
  return answered.promise
}

async function work(task: FolderTask): Promise<void> {
  const signs = setInterval(() => tell({ type: 'alive' }), SIGN_EVERY)
  try {
    tell({ type: 'done', complete: await run(task) })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    tell({ type: 'failed', message, known: error instanceof WorkbenchError })
  } finally {
    clearInterval(signs)
  }
}

async function run(task: FolderTask): Promise<boolean> {
  switch (task.type) {
    case 'check-rows':
      checkRows(task.file, task.run)
      return true
    case 'write-paths':
      await writePaths(task.folder, task.to, ask)
      return true
    case 'renumber':
      return renumber(task, ask)
  }
}
