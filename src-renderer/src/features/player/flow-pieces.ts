import { LRUCache } from 'lru-cache'
import { fieldBytes, splitPiece, type FlowPiece } from '#shared/flow/piece.ts'
import { loadBytes } from '../../api/load-picture.ts'

/** A piece of flow as the host sends it, unpacked. @throws TypeError where the bytes are damaged */
export async function unpackPiece(bytes: ArrayBuffer): Promise<FlowPiece> {
  const { header, deflated } = splitPiece(new Uint8Array(bytes))
  const stream = new Blob([new Uint8Array(deflated)])
    .stream()
    .pipeThrough(new DecompressionStream('deflate-raw'))
  const fields = new Uint8Array(await new Response(stream).arrayBuffer())
  if (fields.length === fieldBytes(header)) return { ...header, fields }
  throw new TypeError('The flow arrived damaged.')
}

/** The field that begins at a frame, [2, H, W]; null where the piece has none. */
export function fieldAt({ fields, from, pairs, ...size }: FlowPiece, frame: number) {
  const at = frame - from
  if (at < 0 || at >= pairs) return null
  const length = fieldBytes({ ...size, from, pairs: 1 })
  return fields.subarray(at * length, (at + 1) * length)
}

/** Pieces that are kept, about 1.4 MB each. */
const KEPT = 6

/** The pieces used last, by their addresses. */
export class FlowPieces {
  #kept = new LRUCache<string, FlowPiece>({ max: KEPT })

  get(url: string): FlowPiece | undefined {
    return this.#kept.get(url)
  }

  /** @throws Error with the host's own words where it gave any */
  async load(url: string, signal: AbortSignal): Promise<FlowPiece> {
    const piece = this.#kept.get(url) ?? (await unpackPiece(await loadBytes(url, signal)))
    this.#kept.set(url, piece)
    return piece
  }
}
