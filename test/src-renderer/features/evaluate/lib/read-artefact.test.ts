import { describe, expect, it } from 'vitest'
import { kernelsArtefact, type KernelsArtefact } from '#shared/tasks/kernels/artefact.ts'
import { readArtefact } from '../../../../../src-renderer/src/features/evaluate/lib/read-artefact.ts'

describe('an artefact', () => {
  it('is read from the text of its file', () => {
    const kernels: KernelsArtefact = { kind: 'kernels', layers: [] }
    expect(readArtefact(kernelsArtefact, JSON.stringify(kernels))).toEqual(kernels)
  })

  it.each([null, '', '{"kind":"kernels"', '{"kind":"kernels"}', '{"kind":"other"}', 'null'])(
    'is none in %j',
    (text) => {
      expect(readArtefact(kernelsArtefact, text)).toBeNull()
    },
  )
})
