import { inceptionBlocks, type InceptionBlock, type InceptionBlocks } from './inception-blocks.ts'
import { separableDesign } from './separable-inception.ts'

/**
 * For small machines: about a quarter of the channels, rounded to a multiple of 16, which is what the
 * processor's matrix units work on.
 */
export const s3dNarrow = separableDesign({
  stem: 16,
  before: 48,
  blocks: [narrow(inceptionBlocks[0]), narrow(inceptionBlocks[1]), narrow(inceptionBlocks[2])],
  gated: false,
})

function narrow(blocks: InceptionBlocks): InceptionBlocks {
  return blocks.map(([suffix, [a, b, c, d, e, f]]) => {
    const sizes: InceptionBlock = [part(a), part(b), part(c), part(d), part(e), part(f)]
    return [suffix, sizes] as const
  })
}

function part(channels: number): number {
  return Math.max(16, 16 * Math.round(channels / 64))
}
