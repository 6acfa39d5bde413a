interface ProtocolRow {
  label: string
  /** One line for whoever chooses. */
  hint: string
  /** A protocol either measures an encoder or shows why it answers as it does. */
  kind: 'measure' | 'explain'
}

/** How an encoder is evaluated: one row a protocol. */
export const protocols = {
  linear: {
    label: 'Linear probe',
    hint: 'A linear classifier on frozen features',
    kind: 'measure',
  },
  knn: {
    label: 'k-NN',
    hint: 'Weighted vote of the nearest training videos, by frozen features',
    kind: 'measure',
  },
  retrieval: {
    label: 'Retrieval',
    hint: 'Classes of the nearest training videos, by frozen features',
    kind: 'measure',
  },
} as const satisfies Record<string, ProtocolRow>

export type Protocol = keyof typeof protocols

export const PROTOCOLS = Object.keys(protocols) as [Protocol, ...Protocol[]]
