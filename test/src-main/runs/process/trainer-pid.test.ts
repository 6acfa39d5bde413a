import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { TrainerPid } from '#main/runs/process/trainer-pid.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'

const temporaryFolder = temporaryFolders()
const never = new AbortController().signal
const forever = 1e9

describe('a trainer that outlives its host', () => {
  it('is waited for', async () => {
    const folder = temporaryFolder()
    const entry = join(folder, 'trainer.js')
    writeFileSync(entry, 'process.stdin.resume(); process.stdin.on("end", () => {})')
    const child = spawn(process.execPath, [entry], { stdio: ['pipe', 'ignore', 'ignore'] })
    const pid = new TrainerPid(join(folder, 'logs', 'trainer.pid'), entry)
    pid.remember(child.pid!)
    let gone = false
    const left = pid.left(forever, never).then(() => {
      gone = true
    })
    await delay(250)
    expect(gone).toBe(false)
    child.stdin.end()
    await left
  })

  it('is not waited for once it stands still', async () => {
    const folder = temporaryFolder()
    const pid = new TrainerPid(join(folder, 'trainer.pid'), 'sleep')
    const child = spawn('sleep', ['1000'], { stdio: 'ignore' })
    pid.remember(child.pid!)
    await pid.left(200, never)
    child.kill()
  })

  it('is not mistaken for another process that has its number now', async () => {
    const folder = temporaryFolder()
    const pid = new TrainerPid(join(folder, 'trainer.pid'), join(folder, 'trainer.js'))
    pid.remember(process.platform === 'linux' ? process.pid : 2 ** 22)
    await pid.left(forever, never)
    pid.forget()
    await pid.left(forever, never)
  })

  it('is not waited for once the host closes', async () => {
    const folder = temporaryFolder()
    const pid = new TrainerPid(join(folder, 'trainer.pid'), process.execPath)
    pid.remember(process.pid)
    await pid.left(forever, AbortSignal.abort())
  })
})
