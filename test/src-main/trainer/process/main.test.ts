import { fork } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { entryPath } from '#main/base/processes/entry-path.ts'
import type { FromTrainer, ToTrainer } from '#main/trainer/process/messages.ts'

it('a trainer that is told to stop before it has a job leaves at once', async () => {
  const trainer = fork(entryPath('trainer'), [], { execArgv: [], serialization: 'advanced' })
  const messages: FromTrainer[] = []
  trainer.on('message', (message: FromTrainer) => {
    messages.push(message)
    if (message.type === 'ready') trainer.send({ type: 'stop' } satisfies ToTrainer)
  })
  const [[code]] = await Promise.all([once(trainer, 'exit'), once(trainer, 'disconnect')])
  expect(messages).toEqual([
    { type: 'ready', pid: trainer.pid },
    { type: 'stopped', step: 0 },
  ])
  expect(code).toBe(0)
})
