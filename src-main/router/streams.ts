import { clearError } from './errors.ts'

/**
 * The values of `source` until it ends or `signal` aborts, whichever comes first; then `source` is
 * told to stop. Its errors arrive as `clearError` has them.
 */
export async function* streamed<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T, void, undefined> {
  const iterator = source[Symbol.asyncIterator]()
  // One listener for the whole stream, however long: only what it wakes changes.
  let leave = (): void => undefined
  const left = (): void => leave()
  signal?.addEventListener('abort', left)
  try {
    while (!signal?.aborted) {
      const next = await new Promise<IteratorResult<T> | null>((resolve, reject) => {
        leave = () => resolve(null)
        iterator.next().then(resolve, reject)
      })
      if (next === null || next.done) return
      yield next.value
    }
  } catch (error) {
    throw clearError(error)
  } finally {
    signal?.removeEventListener('abort', left)
    // Not awaited: a source that waits for its next value stops only once that has come.
    void iterator.return?.()?.catch(() => undefined)
  }
}
