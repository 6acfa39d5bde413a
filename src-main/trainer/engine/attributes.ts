import type { DType } from './tensor.ts'

/** An attribute of a TensorFlow op as the binding takes it; `type` is TensorFlow's `TF_AttrType`. */
export interface Attribute {
  name: string
  type: number
  value: boolean | number | string | number[]
}

export const attribute = {
  string: (name: string, value: string): Attribute => ({ name, type: 0, value }),
  int: (name: string, value: number): Attribute => ({ name, type: 1, value }),
  ints: (name: string, value: number[]): Attribute => ({ name, type: 1, value }),
  float: (name: string, value: number): Attribute => ({ name, type: 2, value }),
  bool: (name: string, value: boolean): Attribute => ({ name, type: 3, value }),
  type: (name: string, value: DType): Attribute => ({ name, type: 4, value }),
}
