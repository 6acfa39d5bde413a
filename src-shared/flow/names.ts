/** What is known of the algorithms without their code, which page and settings do not need. */
interface FlowDescriptor {
  label: string
  /** One sentence. */
  meaning: string
  /** Grows when the same frames give another field, so that no field of before is used. */
  version: number
}

export const flowDescriptors = {
  farneback: {
    label: 'Farnebäck',
    meaning: 'Polynomial expansion: dense and smooth',
    version: 1,
  },
  'dis-ultrafast': {
    label: 'DIS, ultrafast',
    meaning: 'Inverse search of patches at a quarter of the size: the fastest',
    version: 1,
  },
  'dis-medium': {
    label: 'DIS, medium',
    meaning: 'Inverse search of patches at half the size, with variational refinement',
    version: 1,
  },
  tvl1: {
    label: 'TV-L1',
    meaning: 'Total variation with a robust data term, as two-stream networks use it: slow',
    version: 1,
  },
} as const satisfies Record<string, FlowDescriptor>
export type FlowAlgorithmName = keyof typeof flowDescriptors

export const FLOW_ALGORITHMS = Object.keys(flowDescriptors) as [
  FlowAlgorithmName,
  ...FlowAlgorithmName[],
]

/** Dense and smooth, and fast enough for a processor. */
export const DEFAULT_FLOW: FlowAlgorithmName = 'farneback'
