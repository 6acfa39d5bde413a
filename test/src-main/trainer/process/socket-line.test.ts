import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { FromTrainer, ToTrainer } from '#main/trainer/process/messages.ts'
import { hearMessages, sendMessage, socketLine } from '#main/trainer/process/socket-line.ts'

test('Messages of any length arrive whole and in order, both ways, and the end is heard', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fame-line-'))
  const server = createServer()
  server.listen(join(folder, 'socket'))
  const line = socketLine(join(folder, 'socket'))
  const [socket] = (await once(server, 'connection')) as [Socket]

  const sent: FromTrainer[] = [1, 20_000, 2].map((points, step) => ({
    type: 'metrics',
    points: Array.from({ length: points }, (_, i) => ({ step, name: 'loss', value: i / 3 })),
  }))
  const heard: unknown[] = []
  const all = new Promise<void>((resolve) => {
    hearMessages(socket, (message) => {
      if (heard.push(message) === sent.length) resolve()
    })
  })
  for (const message of sent) line.send(message)
  await all
  expect(heard).toEqual(sent)

  const gone = Promise.withResolvers<undefined>()
  const told = Promise.withResolvers<ToTrainer>()
  line.listen(told.resolve, () => gone.resolve(undefined))
  sendMessage(socket, { type: 'stop' } satisfies ToTrainer)
  expect(await told.promise).toEqual({ type: 'stop' })
  socket.destroy()
  await gone.promise
  // What is said to nobody is dropped.
  await new Promise<void>((resolve) => line.send({ type: 'done' }, resolve))
  server.close()
  rmSync(folder, { recursive: true })
})
