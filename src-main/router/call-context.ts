/** What a host knows of the caller. All of it may be left out: a window and a test are not confined. */
export interface CallContext {
  /** @throws WorkbenchError when the caller may not use this path, which is absolute */
  allowPath?: (path: string) => Promise<void>
  limits?: {
    /** Runs a call, or refuses it where the caller has too many. */
    run: <T extends { output: unknown }>(call: () => Promise<T>, signal?: AbortSignal) => Promise<T>
  }
}
