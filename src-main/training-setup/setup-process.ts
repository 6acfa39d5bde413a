import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { scriptPath } from '../base/processes/entry-path.ts'
import { nodeBinary } from '../base/processes/node-binary.ts'
import { parseEvent, type SetupEvent } from './events.ts'

/** How long (milliseconds) a set-up that is to end may take for it. */
const GRACE = 5000

export interface SetupRun {
  /** Resolves when the process is gone; never rejects. Its last words where it ended by itself. */
  readonly ended: Promise<string>
  /** Ends it with the commands that it runs; what it has done stays. */
  cancel(): void
}

/** Starts set-up, or with `--check` only asks it. */
export type RunSetup = (args: readonly string[], onEvent: (event: SetupEvent) => void) => SetupRun

/** Runs `scripts/training.mjs`, the set-up of a clone, for the folder that `FAME_SETUP` names. */
export const runSetupProgram: RunSetup = (args, onEvent) => {
  const child = spawn(nodeBinary(), [scriptPath('training.mjs'), ...args], {
    // fetch keeps to the proxies that the user has set.
    env: { ...process.env, NODE_USE_ENV_PROXY: '1' },
    // It ends with its stdin, so also where this process is killed.
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let words = ''
  child.stdin.on('error', () => undefined)
  child.stderr.on('data', (piece: Buffer) => (words = (words + piece.toString()).slice(-2000)))
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = parseEvent(line)
    if (event) onEvent(event)
  })
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('close', () => resolve(words.trim()))
  })
  return {
    ended,
    cancel() {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), GRACE)
      void ended.then(() => clearTimeout(late))
    },
  }
}
