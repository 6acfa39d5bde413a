import { describe, expect, it } from 'vitest'
import { motionOfFrames } from '#main/trainer/methods/pieces/motion-of-frames.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { kineticsScaling } from '#shared/encoders/scaling.ts'
import { packFlow } from '#shared/flow/bytes.ts'
import { viewsOf } from '#shared/methods/index.ts'

const [FRAMES, SIZE] = [2, 2]

describe('how much moves in frames', () => {
  it('is the mean length of their flow in pixels', () => {
    // One clip: 3-4-5 triangles in half of the first frame, nothing in the second.
    const fields = [
      { u: Float32Array.of(6, 0, 6, 0), v: Float32Array.of(-8, 0, 8, 0) },
      { u: new Float32Array(4), v: new Float32Array(4) },
    ]
    const { mean, deviation } = kineticsScaling
    const flows = Float32Array.from(
      fields.flatMap(({ u, v }) => {
        const bytes = new Uint8Array(2 * SIZE * SIZE)
        packFlow({ u, v, width: SIZE, height: SIZE }, bytes)
        const planes = [bytes.subarray(0, 4), bytes.subarray(4)]
        return [0, 1, 2, 3].flatMap((pixel) =>
          [planes[0][pixel], planes[1][pixel], 128].map(
            (byte, c) => (byte / 255 - mean[c]) / deviation[c],
          ),
        )
      }),
    )
    const [clip] = motionOfFrames(flows, { frames: FRAMES, size: SIZE }, kineticsScaling)
    // A byte is 0.16 px.
    expect(Math.abs(clip[0] - 5)).toBeLessThan(0.16)
    expect(clip[1]).toBeCloseTo(0, 4)
  })

  it('takes the flow of the clip beside its colours, and only where it is asked for', () => {
    const config = completeConfig({ method: 'frame-order', frameChoice: 'motion', merge: 'none' })
    expect(viewsOf(config).map(({ modality }) => modality ?? 'rgb')).toEqual(['rgb', 'flow'])
    expect(viewsOf(completeConfig({ method: 'frame-order' }))).toHaveLength(1)
    expect(() => completeConfig({ ...config, modality: 'flow' })).toThrow('Set modality to rgb')
  })
})
