import { criticDesign } from './critic-3d.ts'

/** For small machines: a quarter of the channels. */
export const critic3dNarrow = criticDesign(16)
