import { describe, expect, it } from 'vitest'
import type { KernelsArtefact } from '#shared/contract/explain.ts'
import { readArtefact } from '../../../../../src-renderer/src/features/evaluate/lib/read-artefact.ts'

describe('an artefact', () => {
  it('is read from the text of its file', () => {
    const kernels: KernelsArtefact = { kind: 'kernels', layers: [] }
    expect(readArtefact(JSON.stringify(kernels))).toEqual(kernels)
  })

  it.each([null, '', '{"kind":"kernels"', '{"kind":"kernels"}', '{"kind":"other"}', 'null'])(
    'is none in %j',
    (text) => {
      expect(readArtefact(text)).toBeNull()
    },
  )
})
