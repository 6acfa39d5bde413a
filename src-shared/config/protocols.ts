interface ProtocolRow {
  label: string
  /** One line that helps to choose. */
  hint: string
  /** A protocol either measures an encoder or shows why it answers as it does. */
  kind: 'measure' | 'explain'
  /** Splits it cannot do without. Left out: both. */
  needs?: readonly ('train' | 'test')[]
  /** Heeds what people decided about masks. */
  masks?: boolean
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
    hint: 'Whether the nearest training videos are of the same class, by frozen features',
    kind: 'measure',
  },
  finetune: {
    label: 'Fine-tuning',
    hint: 'Encoder and classifier trained together; from random weights, the supervised baseline',
    kind: 'measure',
  },
  background: {
    label: 'Background sensitivity',
    hint: 'A linear probe on videos whose backgrounds are swapped or removed',
    kind: 'explain',
    masks: true,
  },
  activation: {
    label: 'Activation maps',
    hint: 'Where the encoder responds, and how much of it lies in the foreground',
    kind: 'explain',
    masks: true,
    needs: ['test'],
  },
  kernels: {
    label: 'Temporal kernels',
    hint: 'How the weights along time are distributed, layer by layer',
    kind: 'explain',
    needs: [],
  },
  map: {
    label: 'Map of embeddings',
    hint: 'Videos laid out in a plane by UMAP, similar ones close together',
    kind: 'explain',
  },
} as const satisfies Record<string, ProtocolRow>

export type Protocol = keyof typeof protocols

export const PROTOCOLS = Object.keys(protocols) as [Protocol, ...Protocol[]]

/** The splits that a protocol cannot do without. */
export function splitsFor(protocol: Protocol): readonly ('train' | 'test')[] {
  const { needs = ['train', 'test'] }: ProtocolRow = protocols[protocol]
  return needs
}

/** Whether a protocol heeds what people decided about masks. */
export function heedsMasks(protocol: Protocol): boolean {
  const { masks = false }: ProtocolRow = protocols[protocol]
  return masks
}
