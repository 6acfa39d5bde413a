import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Lock } from '../../scripts/lib/lock.mjs'
import { identify, isAlive } from '../../scripts/lib/processes.mjs'
import { temporaryFolder } from './temporary.ts'

const lockModule = pathToFileURL(join(import.meta.dirname, '../../scripts/lib/lock.mjs')).href

/** Another process that takes the lock, runs two long commands, and says so. */
async function holder(file: string): Promise<{ process: ChildProcess; commands: number[] }> {
  const script = `
    import { spawn } from 'node:child_process'
    import { Lock } from ${JSON.stringify(lockModule)}
    const lock = new Lock(${JSON.stringify(file)})
    await lock.acquire()
    const sleeper = () => spawn('sleep', ['600'], { detached: true, stdio: 'ignore' }).pid
    const [first, second, ended] = [sleeper(), sleeper(), sleeper()]
    for (const pid of [first, second, ended]) lock.addChild(pid)
    process.kill(ended)
    lock.removeChild(ended)
    console.log(first, second)
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [data] = await once(child.stdout, 'data')
  return { process: child, commands: String(data).trim().split(' ').map(Number) }
}

describe('the lock of set-up', () => {
  test('is held by one process at a time', async () => {
    const file = join(temporaryFolder(), 'lock')
    const other = await holder(file)
    let waitsFor = 0
    const lock = new Lock(file)
    const acquired = lock.acquire((owner) => (waitsFor = owner)).then(() => 'acquired')
    await expect.poll(() => waitsFor).toBe(other.process.pid)
    other.process.kill('SIGKILL')
    expect(await acquired).toBe('acquired')
    expect(lock.read()?.owner.pid).toBe(process.pid)
  })

  test('of a killed set-up is taken over, and the commands it left running are ended', async () => {
    const file = join(temporaryFolder(), 'lock')
    const other = await holder(file)
    const commands = other.commands.map(identify)
    other.process.kill('SIGKILL')
    await once(other.process, 'exit')
    expect(commands.map(isAlive)).toEqual([true, true])
    const lock = new Lock(file)
    await lock.acquire()
    expect(commands.map(isAlive)).toEqual([false, false])
    lock.release()
    expect(existsSync(file)).toBe(false)
  })

  test('whose owner’s number now belongs to another process is taken over', async () => {
    const file = join(temporaryFolder(), 'lock')
    const reused = { pid: process.pid, started: 'long ago' }
    writeFileSync(file, JSON.stringify({ owner: reused, children: [] }))
    const lock = new Lock(file)
    await lock.acquire()
    expect(lock.read()?.owner).toEqual(identify(process.pid))
  })

  test('is not released by a process that does not hold it', async () => {
    const file = join(temporaryFolder(), 'lock')
    const other = await holder(file)
    new Lock(file).release()
    expect(JSON.parse(readFileSync(file, 'utf8')).owner.pid).toBe(other.process.pid)
    for (const pid of other.commands) process.kill(pid)
  })
})
