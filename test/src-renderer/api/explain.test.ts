import { ORPCError } from '@orpc/client'
import { expect, it } from 'vitest'
import { explain } from '../../../src-renderer/src/api/explain.ts'

it('passes on what the host says', () => {
  const refusal = new ORPCError('UNPROCESSABLE_CONTENT', { message: 'There is no folder /x.' })
  expect(explain(refusal)).toEqual({ fact: 'There is no folder /x.', remedy: null })
  expect(explain('Damaged.')).toEqual({ fact: 'Damaged.', remedy: null })
})

it('puts the words of machines into facts and remedies', async () => {
  const unanswered = await fetch('http://127.0.0.1:1/').catch((error: unknown) => error)
  const lost = new DOMException('The queue was closed.', 'AbortError')
  for (const error of [unanswered, lost, new ORPCError('INTERNAL_SERVER_ERROR')]) {
    const { fact, remedy } = explain(error)
    expect(fact).toMatch(/^The (workbench|connection)/)
    expect(remedy).toMatch(/try again/i)
  }
})
