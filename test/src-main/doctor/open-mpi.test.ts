import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openMpiVersion } from '#main/doctor/open-mpi.ts'

it.each([
  ['mpirun (Open MPI) 4.1.4\n\nReport bugs to http://www.open-mpi.org/community/help/', '4.1.4'],
  ['HYDRA build details: Version: 4.0.2', null],
])('mpirun that says %j is Open MPI %s', async (says, version) => {
  const folder = mkdtempSync(join(tmpdir(), 'fame-mpi-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'mpirun'), `#!/bin/sh\necho '${says}'\n`)
  chmodSync(join(folder, 'mpirun'), 0o755)
  expect(await openMpiVersion({ PATH: `${folder}:/usr/bin:/bin` })).toBe(version)
})

it('is told to be missing where there is no mpirun', async () => {
  expect(await openMpiVersion({ PATH: '/nowhere' })).toBeNull()
})
