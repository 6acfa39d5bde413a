import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * A process that cannot be mistaken for a later one with the same number.
 * @typedef {{ pid: number, started: string }} ProcessId
 */

/** How often (milliseconds) it is looked whether npm is still there. */
const parentCheck = 200
const parent = process.ppid

/**
 * @param {number} pid
 * @returns {ProcessId}
 */
export function identify(pid) {
  return { pid, started: startTime(pid) }
}

/** @param {ProcessId} id */
export function isAlive(id) {
  try {
    process.kill(id.pid, 0)
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH') return false
  }
  return startTime(id.pid) === id.started
}

/**
 * Ends a process group that was started by us, politely first.
 * @param {ProcessId} leader
 * @param {number} [patience] milliseconds until it is killed
 */
export async function endGroup(leader, patience = 5000) {
  if (!isAlive(leader)) return
  signalGroup(leader.pid, 'SIGTERM')
  const deadline = Date.now() + patience
  while (isAlive(leader) && Date.now() < deadline) await pause(50)
  if (isAlive(leader)) signalGroup(leader.pid, 'SIGKILL')
  while (isAlive(leader)) await pause(20)
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
export function signalGroup(pid, signal) {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal)
  } catch {
    // It has ended meanwhile, which is what was wanted.
  }
}

/**
 * npm runs a script in a shell, and a signal to npm ends that shell without reaching the script.
 * So a script that npm has started stops when its parent is gone.
 * @param {() => void} stop
 */
export function watchParent(stop) {
  if (!process.env.npm_lifecycle_event) return undefined
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    stop()
  }, parentCheck)
  return watch
}

/** @param {number} milliseconds */
export function pause(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds))
}

/**
 * When the process was started, in the system's own words; empty when it is gone, or a zombie, or
 * when the system cannot tell.
 * @param {number} pid
 */
function startTime(pid) {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return fields[0] === 'Z' ? '' : fields[19]
    } catch {
      return ''
    }
  }
  if (process.platform === 'win32') return ''
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
  return (stdout ?? '').trim()
}
