/**
 * Works on tasks some ahead of the one that is wanted, and gives their results in order; a task that
 * fails gives its error.
 * @param ahead how many run at a time at most
 */
export async function* inOrder<Task, Result>(
  tasks: Iterable<Task>,
  ahead: number,
  work: (task: Task) => Promise<Result>,
): AsyncGenerator<Result | Error> {
  const underWay: Promise<Result | Error>[] = []
  const settled = async (task: Task): Promise<Result | Error> => {
    try {
      return await work(task)
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  }
  for (const task of tasks) {
    underWay.push(settled(task))
    if (underWay.length >= ahead) yield await underWay.shift()!
  }
  for (const result of underWay) yield await result
}
