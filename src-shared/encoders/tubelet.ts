import type { Cube } from './encoder.ts'

/** What becomes a token (Tong et al., NeurIPS 2022). */
export const tubelet = { frames: 2, size: 16 } as const satisfies Cube
