import { deflateRawSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope, nextTick, ref, type EffectScope } from 'vue'
import { PIECE_PAIRS, joinPiece } from '#shared/flow/piece.ts'
import { useFlow, type FlowPlace } from '../../../../src-renderer/src/features/player/use-flow.ts'

const size = { width: 2, height: 2 }
/** Resolves the request for a piece. */
let answers: Map<number, () => void>
let scope: EffectScope

beforeEach(() => {
  answers = new Map()
  scope = effectScope()
  vi.stubGlobal('window', { location: { pathname: '/' } })
  vi.stubGlobal(
    'OffscreenCanvas',
    class {
      width = 1
      height = 1
      getContext = () => ({ putImageData: () => undefined })
    },
  )
  vi.stubGlobal(
    'ImageData',
    class {
      data: Uint8ClampedArray
      constructor(width: number, height: number) {
        this.data = new Uint8ClampedArray(4 * width * height)
      }
    },
  )
  vi.stubGlobal('fetch', (url: string) => {
    const piece = Number(new URLSearchParams(url.split('?')[1]).get('piece'))
    const header = { ...size, from: piece * PIECE_PAIRS, pairs: PIECE_PAIRS }
    const bytes = joinPiece(header, deflateRawSync(new Uint8Array(8 * PIECE_PAIRS)))
    return new Promise<Response>((resolve) => {
      answers.set(piece, () => resolve(new Response(bytes)))
    })
  })
})
afterEach(() => {
  scope.stop()
  vi.unstubAllGlobals()
})

async function answer(piece: number): Promise<void> {
  await vi.waitFor(() => expect(answers.has(piece)).toBe(true))
  answers.get(piece)!()
}

test('shows the flow of a place once its piece is here, and fetches the piece after it', async () => {
  const place = ref<FlowPlace | null>({ videoId: 1, index: 3 })
  const flow = scope.run(() => useFlow(place))!
  expect([flow.busy.value, flow.picture.value]).toEqual([true, null])
  await answer(0)
  await vi.waitFor(() => expect(flow.picture.value).not.toBeNull())
  expect(flow.busy.value).toBe(false)
  await vi.waitFor(() => expect(answers.has(1)).toBe(true))
  place.value = null
  await nextTick()
  expect(flow.picture.value).toBeNull()
})

test('shows a place in the piece that was fetched ahead while the place was another', async () => {
  const place = ref<FlowPlace | null>({ videoId: 1, index: PIECE_PAIRS - 1 })
  const flow = scope.run(() => useFlow(place))!
  await answer(0)
  await vi.waitFor(() => expect(answers.has(1)).toBe(true))
  place.value = { videoId: 1, index: PIECE_PAIRS + 4 }
  await nextTick()
  expect(flow.busy.value).toBe(true)
  await answer(1)
  await vi.waitFor(() => expect(flow.picture.value).not.toBeNull())
  expect(flow.busy.value).toBe(false)
})
