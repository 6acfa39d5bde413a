import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { FlowField, GreyImage } from '#shared/flow/field.ts'

const folder = new URL('../../fixtures/flow/', import.meta.url)

function read(name: string): Buffer {
  return gunzipSync(readFileSync(new URL(`${name}.gz`, folder)))
}

const sizes = JSON.parse(readFileSync(new URL('pairs.json', folder), 'utf8')) as Record<
  string,
  { width: number; height: number }
>

/** Two frames, and OpenCV's flow between them. */
export function fixturePair(name: string): {
  frames: [GreyImage, GreyImage]
  field: (algorithm: string) => FlowField
} {
  const { width, height } = sizes[name]
  const grey = new Uint8Array(read(`${name}-grey.u8`))
  const pixels = width * height
  const frame = (i: number): GreyImage => ({
    ...{ width, height },
    data: grey.slice(i * pixels, (i + 1) * pixels),
  })
  return {
    frames: [frame(0), frame(1)],
    field(algorithm) {
      const bytes = read(`${name}-${algorithm}.f16`)
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      const plane = (of: 0 | 1): Float32Array =>
        Float32Array.from({ length: pixels }, (_, i) => view.getFloat16(4 * i + 2 * of, true))
      return { width, height, u: plane(0), v: plane(1) }
    },
  }
}
