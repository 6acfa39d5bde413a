import { expect, it, vi } from 'vitest'
import type { HostPort } from '#main/trainer/process/host-port.ts'
import type { PretrainJob } from '#main/trainer/process/messages.ts'
import { lead } from '#main/trainer/process/ranks.ts'

it('a missing library of Open MPI fails with the remedy, and is no lost rank to start again for', async () => {
  vi.stubEnv('FAME_LIBMPI', '/nowhere/libmpi.so')
  try {
    const last = await lead({} as PretrainJob, {} as HostPort)
    expect(last).toMatchObject({
      type: 'failed',
      message: expect.stringMatching(/cannot be loaded .*apt install openmpi-bin/),
    })
    expect(last).not.toHaveProperty('lost')
  } finally {
    vi.unstubAllEnvs()
  }
})
