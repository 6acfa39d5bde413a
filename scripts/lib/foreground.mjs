import { spawn } from 'node:child_process'
import { watchParent } from './processes.mjs'

/** How long (milliseconds) a child that the terminal has interrupted too is given to end. */
const grace = 500

/**
 * @typedef {object} Ending
 * @property {number} code the exit status; 128 and the signal's number after a signal
 * @property {boolean} stopped someone asked it to stop
 * @property {number} seconds
 */

/**
 * Runs a program in the foreground and passes on the wish to stop. Ctrl-C reaches the whole group,
 * so SIGINT is passed on only when the child does not end by itself, and as SIGTERM: a second
 * SIGINT would mean "at once".
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<Ending>}
 */
export function runForeground(command, args, { cwd, env } = {}) {
  return new Promise((resolve, reject) => {
    const started = Date.now()
    const child = spawn(command, args, { cwd, env, stdio: 'inherit' })
    const stopping = passSignals(child)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      stopping.end()
      const seconds = (Date.now() - started) / 1000
      resolve({ code: code ?? 128 + signalNumber(signal), stopped: stopping.asked(), seconds })
    })
  })
}

/** @param {import('node:child_process').ChildProcess} child */
function passSignals(child) {
  let asked = false
  /** @type {NodeJS.Timeout | undefined} */
  let later
  const handlers = {
    SIGINT: () => {
      asked = true
      later ??= setTimeout(() => child.kill('SIGTERM'), grace)
    },
    SIGTERM: () => {
      asked = true
      child.kill('SIGTERM')
    },
    SIGHUP: () => {
      asked = true
      child.kill('SIGTERM')
    },
  }
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler)
  const watch = watchParent(handlers.SIGTERM)
  return {
    asked: () => asked,
    end() {
      clearTimeout(later)
      clearInterval(watch)
      for (const [signal, handler] of Object.entries(handlers)) process.off(signal, handler)
    },
  }
}

/** @param {NodeJS.Signals | null} signal */
function signalNumber(signal) {
  return { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[String(signal)] ?? 6
}
