import { fork, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { JobEvent } from '#shared/contract/videos.ts'
import { writeAtomic } from '../../base/files/atomic-write.ts'
import { entryPath } from '../../base/processes/entry-path.ts'
import { nodeBinary } from '../../base/processes/node-binary.ts'
import { WorkbenchError } from '../../base/workbench-error.ts'
import { listFiles, planSampleSet, SAMPLE_NAME, sampleFolders } from './layout.ts'
import type { SampleKind } from './scene.ts'

export interface SampleSetOptions {
  /** The same seed writes the same bytes. Default 1. */
  seed?: number
  /** Default plain. */
  kind?: SampleKind
  signal?: AbortSignal
}

/** Which sample set. */
interface Chosen {
  seed: number
  kind: SampleKind
}

/** Rises whenever the same seed gives other videos. */
const VERSION = 1

/**
 * Writes the sample action data set in UCF101's layout: 8 classes told apart only by motion, 24
 * training and 12 test videos a class. In training the background predicts the class 9 times in
 * 10; in the test split it is independent of the class. In the hard set the camera moves and
 * objects are textured as the ground is. True foreground masks lie beside it. What
 * an earlier, interrupted call with the same seed has written is kept.
 * @throws WorkbenchError when the folder holds videos that are not this sample set's, or cannot be
 * written.
 */
export async function* writeSampleSet(
  root: string,
  options: SampleSetOptions = {},
): AsyncGenerator<JobEvent> {
  const chosen: Chosen = { seed: options.seed ?? 1, kind: options.kind ?? 'plain' }
  const started = performance.now()
  await claimFolder(root, chosen).catch((error: unknown) => {
    throw error instanceof WorkbenchError ? error : cannotWrite(String(error))
  })
  const total = planSampleSet(chosen.seed, chosen.kind).length
  let done = 0
  for await (const count of written(root, chosen, options.signal)) {
    done += count
    const rate = done / ((performance.now() - started) / 1000)
    const secondsLeft = (total - done) / rate
    yield { type: 'progress', phase: 'Writing videos', done, total, rate, secondsLeft, errors: 0 }
  }
  const seconds = (performance.now() - started) / 1000
  yield { type: 'done', total, errors: 0, seconds, datasetId: null, format: null, warnings: {} }
}

/** The stamp says whose folder it is; the lists come with it. */
async function claimFolder(root: string, { seed, kind }: Chosen): Promise<void> {
  const about = { name: SAMPLE_NAME, version: VERSION, seed, ...(kind !== 'plain' && { kind }) }
  const stamp = `${JSON.stringify(about)}\n`
  const stampFile = sampleFolders.stamp(root)
  const found = existsSync(stampFile) ? await readFile(stampFile, 'utf8') : null
  if (found !== stamp && (found !== null || existsSync(sampleFolders.videos(root)))) {
    const what =
      found === null ? 'another data set' : 'a sample set of another seed, kind or version'
    throw new WorkbenchError(`${root} already contains ${what}. Choose an empty folder.`)
  }
  await mkdir(sampleFolders.lists(root), { recursive: true })
  for (const [name, text] of Object.entries(listFiles(planSampleSet(seed, kind)))) {
    await writeFile(join(sampleFolders.lists(root), name), text)
  }
  // Without it the set is written again.
  await writeAtomic(stampFile, stamp, { flush: 'none' })
}

/** Runs the writing processes; yields how many videos are new since the last time. */
async function* written(
  root: string,
  chosen: Chosen,
  signal: AbortSignal | undefined,
): AsyncGenerator<number> {
  const parts = Math.min(8, availableParallelism())
  const state = { fresh: 0, running: parts, failure: null as Error | null, wake: () => {} }
  const children = Array.from({ length: parts }, (_, part) =>
    startWriter(root, chosen, part, parts),
  )
  const stop = (): void => {
    for (const child of children) child.kill()
    state.wake()
  }
  const gone = children.map((child) => watch(child, state))
  signal?.addEventListener('abort', stop)
  try {
    while (state.running > 0 || state.fresh > 0) {
      signal?.throwIfAborted()
      if (state.failure) throw state.failure
      if (state.fresh === 0) await new Promise<void>((resolve) => (state.wake = resolve))
      const count = state.fresh
      state.fresh = 0
      if (count > 0) yield count
    }
    signal?.throwIfAborted()
    if (state.failure) throw state.failure
  } finally {
    signal?.removeEventListener('abort', stop)
    stop()
    await Promise.all(gone)
  }
}

function startWriter(
  root: string,
  { seed, kind }: Chosen,
  part: number,
  parts: number,
): ChildProcess {
  const args = [root, seed, kind, part, parts].map(String)
  return fork(entryPath('sample-writer'), args, {
    execPath: nodeBinary(),
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
}

/** Resolves when the process has ended. */
function watch(
  child: ChildProcess,
  state: { fresh: number; running: number; failure: Error | null; wake: () => void },
): Promise<null> {
  const { promise, resolve } = Promise.withResolvers<null>()
  let complaint = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2000)
  })
  child.on('message', () => {
    state.fresh++
    state.wake()
  })
  const ended = (problem: string | null): void => {
    state.running--
    if (problem !== null) {
      state.failure ??= cannotWrite(complaint.trim() || problem)
    }
    state.wake()
    resolve(null)
  }
  child.once('exit', (code, killedBy) => {
    ended(code === 0 ? null : `a writer ended with ${killedBy ?? `exit code ${code}`}`)
  })
  child.on('error', ({ message }) => {
    // Only a process that could not be started has no exit.
    if (child.pid === undefined) ended(message)
  })
  return promise
}

function cannotWrite(reason: string): WorkbenchError {
  return new WorkbenchError(
    `The sample set could not be written: ${reason}. ` +
      'Free disk space or choose a writable folder, and make the sample set again.',
  )
}
