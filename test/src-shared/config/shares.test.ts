import { expect, it } from 'vitest'
import { shareFault } from '#shared/config/shares.ts'

it('lets processes share a batch that they divide, where the method allows it', () => {
  expect(shareFault({ batch: 8, method: 'moco' }, 4)).toBeNull()
  expect(shareFault({ batch: 8, method: 'moco' }, 3)).toBe(
    '3 processes cannot share batches of 8 clips: their number must divide it.',
  )
  expect(shareFault({ batch: 8, method: 'cluster' }, 2)).toBe(
    'DeepCluster trains in one process only.',
  )
})
