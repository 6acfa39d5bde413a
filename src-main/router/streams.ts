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
  const gone = aborted(signal)
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), gone])
      if (next === null || next.done) return
      yield next.value
    }
  } catch (error) {
    throw clearError(error)
  } finally {
    // Not awaited: a source that waits for its next value stops only once that has come.
    void iterator.return?.()?.catch(() => undefined)
  }
}

function aborted(signal: AbortSignal | undefined): Promise<null> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve(null)
    else signal?.addEventListener('abort', () => resolve(null), { once: true })
  })
}
