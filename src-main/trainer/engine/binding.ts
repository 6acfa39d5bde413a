import type { Attribute } from './attributes.ts'

export interface OutputInfo {
  id: number
  shape: number[]
  dtype: number
}

/** What the trainer uses of the native binding of `@tensorflow/tfjs-node-gpu`. */
export interface Binding {
  readonly TF_Version: string
  createTensor(shape: number[], dtype: number, data: Float32Array | Int32Array): number
  deleteTensor(id: number): void
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array
  executeOp(name: string, attributes: Attribute[], inputs: number[], outputs: number): OutputInfo[]
  isUsingGpuDevice(): boolean
  getNumOfTensors(): number
}
