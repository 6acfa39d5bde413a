import type { Attribute } from '../../trainer/engine/attributes.ts'
import type { Binding, OutputInfo } from '../../trainer/engine/binding.ts'
import { operationsOf } from './operations.ts'

/** Time that one kind of op took. */
export interface OpTime {
  /** TensorFlow's name. */
  op: string
  calls: number
  seconds: number
  /** Floating point operations of all calls (`operationsOf`); null where they are not counted. */
  operations: number | null
}

/** Passes everything on to TensorFlow and adds up the time by op. Its ops end before they return. */
export class TimedBinding implements Binding {
  private readonly binding: Binding
  private times = new Map<string, OpTime>()
  /** Of the tensors alive, by id. */
  private readonly shapes = new Map<number, readonly number[]>()

  constructor(binding: Binding) {
    this.binding = binding
  }

  /** Times since the last call, the longest first. */
  take(): OpTime[] {
    const taken = [...this.times.values()].sort((a, b) => b.seconds - a.seconds)
    this.times = new Map()
    return taken
  }

  executeOp(
    name: string,
    attributes: Attribute[],
    inputs: number[],
    outputs: number,
  ): OutputInfo[] {
    const made = this.timed(name, () => this.binding.executeOp(name, attributes, inputs, outputs))
    const shapes = inputs.map((id) => this.shapes.get(id) ?? [])
    const operations = operationsOf(name, shapes, made)
    const time = this.times.get(name)
    if (operations !== null && time) time.operations = (time.operations ?? 0) + operations
    made.forEach(({ id, shape }) => this.shapes.set(id, shape))
    return made
  }

  createTensor(shape: number[], dtype: number, data: Float32Array | Int32Array): number {
    const id = this.timed('createTensor', () => this.binding.createTensor(shape, dtype, data))
    this.shapes.set(id, shape)
    return id
  }

  deleteTensor(id: number): void {
    this.shapes.delete(id)
    this.timed('deleteTensor', () => this.binding.deleteTensor(id))
  }

  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array {
    return this.timed('tensorDataSync', () => this.binding.tensorDataSync(id))
  }

  get TF_Version(): string {
    return this.binding.TF_Version
  }

  isUsingGpuDevice(): boolean {
    return this.binding.isUsingGpuDevice()
  }

  getNumOfTensors(): number {
    return this.binding.getNumOfTensors()
  }

  private timed<R>(op: string, work: () => R): R {
    const start = performance.now()
    const result = work()
    const time = this.times.get(op) ?? { op, calls: 0, seconds: 0, operations: null }
    time.calls++
    time.seconds += (performance.now() - start) / 1e3
    this.times.set(op, time)
    return result
  }
}
