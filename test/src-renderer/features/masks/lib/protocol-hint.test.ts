import { expect, it } from 'vitest'
import { protocolHint } from '../../../../../src-renderer/src/features/masks/lib/protocol-hint.ts'
import { PROTOCOL_NAMES } from '#shared/contract/propagation.ts'
import { crwProtocol, dinoProtocol } from '#shared/tracking/label-propagation.ts'
import { propagationProtocols } from '#shared/tracking/protocols.ts'

it('says what a protocol compares with, from its numbers', () => {
  expect(protocolHint(dinoProtocol)).toBe(
    'Compares with 7 earlier frames and the first one, within a square; takes the 5 most similar cells.',
  )
  expect(protocolHint({ ...crwProtocol, context: 3 })).toBe(
    'Compares with 3 earlier frames within a disc and with all of the first one; takes the 10 most similar cells.',
  )
})

it('offers every protocol that there is', () => {
  expect(PROTOCOL_NAMES).toEqual(Object.keys(propagationProtocols))
})
