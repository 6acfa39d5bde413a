import type { Collective } from '../collective/collective.ts'
import type { EngineInfo } from '../process/messages.ts'
import { attribute, type Attribute } from './attributes.ts'
import type { Binding } from './binding.ts'
import { noKernels, type Kernels } from './kernels.ts'
import { DType, sizeOf, Tensor } from './tensor.ts'

/**
 * Runs TensorFlow ops one by one on raw tensors, and knows when each may be freed: a tensor dies
 * with the `scope` it was made in, unless it is returned from it or held.
 */
export class Engine {
  readonly info: EngineInfo
  /** Element type of weights, statistics, head and loss. */
  readonly master: DType
  /** Element type of activations and convolutions. */
  readonly compute: DType
  /** Which of the workbench's own ops may be used. */
  readonly kernels: Kernels
  private readonly binding: Binding
  private readonly constants = new Map<string, Tensor>()
  private scopes: Tensor[][] = []
  private others: Collective | null = null

  constructor(
    binding: Binding,
    info: EngineInfo,
    options: { master: DType; compute: DType; kernels: Kernels },
  ) {
    this.binding = binding
    this.info = info
    this.master = options.master
    this.compute = options.compute
    this.kernels = options.kernels
  }

  /** The same device in float64: slow, for telling a wrong formula from rounding. */
  inDoublePrecision(): Engine {
    const options = { master: DType.float64, compute: DType.float64, kernels: noKernels }
    return new Engine(this.binding, this.info, options)
  }

  /** The same device and arithmetic by TensorFlow's ops alone, for comparison. */
  withoutKernels(): Engine {
    const { master, compute } = this
    return new Engine(this.binding, this.info, { master, compute, kernels: noKernels })
  }

  /** From now on a batch is shared with other processes: see `collective`. */
  join(collective: Collective): void {
    this.others = collective
  }

  /** The processes that share each batch; null for this one alone. */
  get collective(): Collective | null {
    return this.others
  }

  /** Work that the other processes take no part in: what depends on a batch looks at its own clips. */
  alone<R>(work: () => R): R {
    const others = this.others
    this.others = null
    try {
      return work()
    } finally {
      this.others = others
    }
  }

  /** Runs an op with one output. @throws Error with TensorFlow's message when it refuses. */
  op(name: string, inputs: readonly Tensor[], attributes: Attribute[] = []): Tensor {
    return this.ops(name, inputs, attributes, 1)[0]
  }

  /** Runs an op with several outputs. */
  ops(name: string, inputs: readonly Tensor[], attributes: Attribute[], outputs: number): Tensor[] {
    const ids = inputs.map((tensor) => tensor.id)
    return this.binding
      .executeOp(name, attributes, ids, outputs)
      .map((made) => this.adopt(made.id, made.shape, made.dtype as DType))
  }

  /**
   * A tensor over `data`, in the master type. Where that is float32 nothing is copied: leave `data`
   * alone while the tensor lives.
   * @throws RangeError when the length does not fit the shape.
   */
  tensor(data: Float32Array, shape: readonly number[]): Tensor {
    if (data.length !== sizeOf(shape)) {
      throw new RangeError(
        `Expected ${sizeOf(shape)} values for the shape [${shape.join(', ')}], got ${data.length}.`,
      )
    }
    const id = this.binding.createTensor([...shape], DType.float32, data)
    return this.cast(this.adopt(id, shape, DType.float32), this.master)
  }

  /** A number, in the master type. */
  scalar(value: number): Tensor {
    const rounded = this.tensor(Float32Array.of(value), [])
    if (this.master !== DType.float64) return rounded
    const rest = this.tensor(Float32Array.of(value - Math.fround(value)), [])
    return this.op('AddV2', [rounded, rest], [attribute.type('T', DType.float64)])
  }

  /** A constant list of integers (a shape, axes, paddings), made once and kept. */
  ints(values: readonly number[], shape: readonly number[] = [values.length]): Tensor {
    const key = `${shape.join('x')}:${values.join(',')}`
    const known = this.constants.get(key)
    if (known) return known
    const id = this.binding.createTensor([...shape], DType.int32, Int32Array.from(values))
    const made = new Tensor(id, shape, DType.int32)
    this.constants.set(key, made)
    return made
  }

  /** A list of integers that is another in every step: freed with its scope. */
  passingInts(values: readonly number[]): Tensor {
    const id = this.binding.createTensor([values.length], DType.int32, Int32Array.from(values))
    return this.adopt(id, [values.length], DType.int32)
  }

  cast(x: Tensor, dtype: DType): Tensor {
    if (x.dtype === dtype) return x
    return this.op(
      'Cast',
      [x],
      [
        attribute.type('SrcT', x.dtype),
        attribute.type('DstT', dtype),
        attribute.bool('Truncate', false),
      ],
    )
  }

  /** The same bits read as another element type of the same size. */
  bitcast(x: Tensor, dtype: DType): Tensor {
    return this.op('Bitcast', [x], [attribute.type('T', x.dtype), attribute.type('type', dtype)])
  }

  reshape(x: Tensor, shape: readonly number[]): Tensor {
    return this.op(
      'Reshape',
      [x, this.ints(shape)],
      [attribute.type('T', x.dtype), attribute.type('Tshape', DType.int32)],
    )
  }

  /** The values of a tensor, as float32. */
  read(x: Tensor): Float32Array {
    return this.binding.tensorDataSync(this.cast(x, DType.float32).id) as Float32Array
  }

  /**
   * Runs `work` and frees the tensors that it made, except what it returns, alone or in an array
   * (that passes to the scope outside), and what is held.
   */
  scope<R>(work: () => R): R {
    const made: Tensor[] = []
    this.scopes.push(made)
    let kept: ReadonlySet<unknown> = new Set()
    try {
      const result = work()
      kept = new Set<unknown>(Array.isArray(result) ? result : [result])
      return result
    } finally {
      this.scopes.pop()
      this.close(made, kept)
    }
  }

  /** A tensor as by `tensor`, outside all scopes: the caller releases it. */
  held(data: Float32Array, shape: readonly number[]): Tensor {
    return this.scope(() => [this.hold(this.tensor(data, shape))])[0]
  }

  /** Keeps a tensor alive until as many `release` calls as `hold` calls have been made. */
  hold(x: Tensor): Tensor {
    x.holds++
    return x
  }

  /** Undoes one `hold`; frees the tensor when that was the last and no scope owns it. */
  release(x: Tensor): void {
    x.holds--
    if (x.holds === 0 && !x.scoped) this.binding.deleteTensor(x.id)
  }

  /** Takes a tensor from its scope before that ends: frees it unless it is held. */
  discard(x: Tensor): void {
    if (!x.scoped) return
    x.scoped = false
    if (x.holds === 0) this.binding.deleteTensor(x.id)
  }

  /** Tensors alive, constants included. */
  get tensorCount(): number {
    return this.binding.getNumOfTensors()
  }

  private adopt(id: number, shape: readonly number[], dtype: DType): Tensor {
    const scope = this.scopes.at(-1)
    if (!scope) {
      this.binding.deleteTensor(id)
      throw new Error('A tensor was made outside a scope: wrap the work in engine.scope().')
    }
    const tensor = new Tensor(id, shape, dtype)
    scope.push(tensor)
    return tensor
  }

  private close(made: Tensor[], kept: ReadonlySet<unknown>): void {
    const outer = this.scopes.at(-1)
    for (const tensor of made) {
      if (outer && kept.has(tensor)) outer.push(tensor)
      else this.discard(tensor)
    }
  }
}
