import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const hosts = fileURLToPath(new URL('../../../src-main/hosts/', import.meta.url))

export interface Finished {
  code: number | null
  stdout: string
  stderr: string
}

export interface Running {
  child: ChildProcess
  finished: Promise<Finished>
  /** Fulfilled when standard output holds the text; rejected when the program ends without it. */
  printed(text: string): Promise<void>
}

/** Starts the command line as a user does, without a terminal. */
export function startCli(...args: (string | number)[]): Running {
  return startHost('cli.ts', ...args)
}

/** Starts a host from its source. */
export function startHost(host: 'cli.ts' | 'web.ts', ...args: (string | number)[]): Running {
  return startProgram(process.execPath, join(hosts, host), ...args)
}

/** Starts any program. */
export function startProgram(program: string, ...args: (string | number)[]): Running {
  const child = spawn(program, args.map(String), { stdio: ['ignore', 'pipe', 'pipe'] })
  const out = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (out.stderr += text))
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code) => resolve({ code, ...out }))
  })
  const printed = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => (out.stdout.includes(text) ? resolve() : undefined)
      child.stdout.on('data', look)
      child.on('close', () => reject(new Error(`It ended without '${text}': ${out.stderr}`)))
      look()
    })
  return { child, finished, printed }
}

/** Runs the program to its end. */
export function runCli(...args: (string | number)[]): Promise<Finished> {
  return startCli(...args).finished
}

/** The JSON lines of an output. */
export function jsonLines<T = Record<string, unknown>>(stdout: string): T[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T)
}
