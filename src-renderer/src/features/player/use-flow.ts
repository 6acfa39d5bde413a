import { onScopeDispose, ref, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { pieceAt, type FlowPiece } from '#shared/flow/piece.ts'
import { flowUrl } from '../../api/pictures.ts'
import { contextOf } from '../../charts/canvas.ts'
import { Latest } from '../../lib/latest.ts'
import { fieldAt, FlowPieces } from './flow-pieces.ts'
import { paintFlow } from './paint-flow.ts'

/** A frame from which the flow leads to the next. */
export interface FlowPlace {
  videoId: number
  index: number
}

/**
 * The flow from one frame to the next as a picture, while a place is given. The host computes it when
 * it is first looked at, a piece of the video at a time; the piece after that in sight is fetched ahead.
 */
export function useFlow(place: MaybeRefOrGetter<FlowPlace | null>) {
  /** Null while there is none of this place. */
  const picture = shallowRef<OffscreenCanvas | null>(null)
  /** Grows with every picture. */
  const version = ref(0)
  const busy = ref(false)
  const failure = shallowRef<unknown>(null)
  const pieces = new FlowPieces()
  const canvas = new OffscreenCanvas(1, 1)

  function show() {
    const wanted = toValue(place)
    const piece = wanted ? pieces.get(urlOf(wanted)) : undefined
    const isPainted = piece !== undefined && paint(canvas, piece, wanted?.index ?? 0)
    picture.value = isPainted ? canvas : null
    busy.value = wanted !== null && piece === undefined
    if (isPainted) version.value += 1
  }
  const latest = new Latest<FlowPlace>({
    isStale: (running, next) => urlOf(running) !== urlOf(next),
    async run(wanted, signal) {
      try {
        const piece = await pieces.load(urlOf(wanted), signal)
        // It may have come while another place was in sight, and is not painted yet.
        if (busy.value && !signal.aborted) show()
        await loadAfter(pieces, piece, wanted.videoId, signal)
      } catch (error) {
        if (signal.aborted) return
        failure.value = error
        busy.value = false
      }
    },
  })
  watch(
    () => {
      const wanted = toValue(place)
      return wanted && `${wanted.videoId} ${wanted.index}`
    },
    () => {
      failure.value = null
      show()
      const wanted = toValue(place)
      if (wanted) latest.push(wanted)
      else latest.cancel()
    },
    { immediate: true },
  )
  onScopeDispose(() => latest.cancel())
  return { picture, version, busy, failure }
}

function urlOf({ videoId, index }: FlowPlace): string {
  return flowUrl(videoId, pieceAt(index))
}

/** Fetches the piece after one. Where the video ends, or fails, what is in sight is no worse. */
async function loadAfter(
  pieces: FlowPieces,
  { from, pairs }: FlowPiece,
  videoId: number,
  signal: AbortSignal,
): Promise<void> {
  const index = from + pairs
  if (pieceAt(index) === pieceAt(from)) return
  await pieces.load(urlOf({ videoId, index }), signal).catch(() => undefined)
}

/** Whether the piece has the flow from this frame, and it was painted. */
function paint(canvas: OffscreenCanvas, piece: FlowPiece, frame: number): boolean {
  const field = fieldAt(piece, frame)
  if (!field) return false
  const { width, height } = piece
  if (canvas.width !== width) canvas.width = width
  if (canvas.height !== height) canvas.height = height
  const image = new ImageData(width, height)
  paintFlow(field, piece, image.data)
  contextOf(canvas).putImageData(image, 0, 0)
  return true
}
