import { takesFlow } from '../methods/takes-flow.ts'
import type { ReferenceDifference } from './reference-differences.ts'

/** How the optical flow of runs and of the page differs from that of the papers. */
export const flowDifferences: readonly ReferenceDifference[] = [
  {
    id: 'flow-opencv',
    area: 'flow',
    title: 'Fields of OpenCV',
    reference:
      'Farnebäck, DIS (ultrafast, medium) and TV-L1 as OpenCV 4.6 and 5.0 compute them, in float32.',
    workbench:
      'The same algorithms with the same parameters, borders and rounding of places (32 steps a pixel in warps), in float64 between steps. Where OpenCV’s levels for a small frame cannot hold a DIS patch, coarser levels are left out.',
    size: 'Mean end-point difference over four pairs of frames: Farnebäck 0.0002 px, DIS ultrafast 0.002 px, DIS medium 0.01 px, TV-L1 0.003 and 0.02 px on two of them. On the other two TV-L1 differs by 0.06 and 0.09 px; OpenCV’s own field of the first changes by 0.06 px when the frames change by a 100,000th.',
    reason:
      'TV-L1 stops by a threshold, and what is hidden in the next frame has no motion to find.',
    concerns: 'Runs on flow, and the layer of flow in the Library and in Masks.',
    appliesTo: takesFlow,
  },
  {
    id: 'flow-files',
    area: 'flow',
    title: 'How flow is computed and kept',
    reference:
      'Han et al. (NeurIPS 2020) compute TV-L1 at the size of the video and keep it as JPEG of quality 100.',
    workbench:
      'Farnebäck unless another algorithm is chosen, between frames with a short side of 128 px, kept without loss. The clipping to ±20 px, the 8 bits and the constant third channel are the same; the channels are u, v, 128, not 128, v, u as OpenCV writes them.',
    size: 'Fields of different algorithms differ by 0.1 to 0.3 px on frames of 112 px in which the mean motion is 0.1 to 0.3 px.',
    reason:
      'TV-L1 takes 0.4 s a pair of 112 x 112 on a core, Farnebäck 5 ms. What moves 20 px at the size of the video moves less at 128 px, so less is clipped.',
    concerns: 'Runs on flow.',
    appliesTo: takesFlow,
  },
  {
    id: 'flow-flip',
    area: 'flow',
    title: 'Flipped flow',
    reference: 'A horizontal flip mirrors the picture of u and leaves its values.',
    workbench: 'It also negates u, unless flowFlip is keep.',
    size: 'Half of the clips, with a flip in one of two.',
    reason: 'What moved to the right moves to the left in the mirrored video.',
    concerns: 'Runs on flow with flips.',
    appliesTo: (settings) =>
      takesFlow(settings) && settings.flowFlip === 'negate' && settings.flip !== 0,
  },
]
