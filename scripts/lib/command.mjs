import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { signalGroup } from './processes.mjs'

/**
 * @typedef {object} CommandOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number} [timeout] milliseconds; none by default
 * @property {(news: string) => void} [heartbeat] told now and then how long it takes
 * @property {() => string} [progress] what the heartbeat adds to the time
 * @property {string} [input] for the command's stdin
 * @property {(line: string) => void} [onLine] told each line of stdout as it comes
 * @property {import('./lock.mjs').Lock} [lock] is told what runs
 */

/**
 * @typedef {object} CommandResult
 * @property {boolean} ok ended by itself with 0
 * @property {string} stdout
 * @property {string} output stdout and stderr as they came
 * @property {boolean} timedOut
 */

/** Process groups to take along when set-up is stopped. @type {Set<number>} */
const running = new Set()

/**
 * Runs a command in a process group of its own and collects what it says. A program that is not
 * there is a failure like any other.
 * @param {string} command
 * @param {string[]} args
 * @param {CommandOptions} [options]
 * @returns {Promise<CommandResult>}
 */
export function runCommand(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      detached: process.platform !== 'win32',
      stdio: ['pipe', 'pipe', 'pipe'],
      shell: process.platform === 'win32' && /^npm$/.test(command),
    })
    const watch = new Watch(child.pid, options)
    /** @type {CommandResult} */
    const result = { ok: false, stdout: '', output: '', timedOut: false }
    child.stdout.on('data', (data) => {
      result.stdout += data
      result.output += data
    })
    if (options.onLine) createInterface({ input: child.stdout }).on('line', options.onLine)
    child.stderr.on('data', (data) => (result.output += data))
    // A command that ends early does not read to the end; its exit code says so.
    child.stdin.on('error', () => undefined).end(options.input ?? '')
    child.on('error', (error) => (result.output += `${error.message}\n`))
    child.on('close', (code) => {
      watch.end()
      resolve({ ...result, ok: code === 0 && !watch.timedOut, timedOut: watch.timedOut })
    })
  })
}

/** Follows one command: time limit, heartbeat, and the lists of what runs. */
class Watch {
  /**
   * @param {number | undefined} pid undefined when the program could not be started
   * @param {CommandOptions} options
   */
  constructor(pid, options) {
    this.pid = pid
    this.options = options
    this.started = Date.now()
    this.timedOut = false
    if (pid === undefined) return
    running.add(pid)
    options.lock?.addChild(pid)
    this.pulse = setInterval(() => this.beat(), process.stderr.isTTY ? 500 : 10_000)
    if (options.timeout) this.limit = setTimeout(() => this.giveUp(pid), options.timeout)
  }

  beat() {
    const seconds = Math.round((Date.now() - this.started) / 1000)
    const more = this.options.progress?.() ?? ''
    this.options.heartbeat?.(`  ${seconds} s${more && `, ${more}`}`)
  }

  /** @param {number} pid */
  giveUp(pid) {
    this.timedOut = true
    signalGroup(pid, 'SIGKILL')
  }

  end() {
    clearInterval(this.pulse)
    clearTimeout(this.limit)
    if (this.pid === undefined) return
    running.delete(this.pid)
    this.options.lock?.removeChild(this.pid)
  }
}

/** Ends every command that is running, for a set-up that is being stopped. */
export function endCommands() {
  for (const pid of running) signalGroup(pid, 'SIGTERM')
}

/**
 * The last lines of a command's output.
 * @param {string} output
 * @param {number} [count]
 */
export function tail(output, count = 30) {
  return output.trimEnd().split('\n').slice(-count).join('\n')
}
