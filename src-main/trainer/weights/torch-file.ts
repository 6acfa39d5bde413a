import { numberFormats, type NumberFormat } from '../checkpoint/number-formats.ts'
import { sizeOf } from '../engine/tensor.ts'
import type { StateDict } from '../models/weights.ts'
import type { ByteSource } from './byte-source.ts'
import { Named, readPickle, type Pickled } from './pickle.ts'
import { WeightsError } from './weights-error.ts'
import { ZipArchive } from './zip-archive.ts'

/** Storages by PyTorch's class; null for integers, which are no weights. */
const formats: Record<string, NumberFormat | null> = {
  'torch.FloatStorage': numberFormats.F32,
  'torch.DoubleStorage': numberFormats.F64,
  'torch.HalfStorage': numberFormats.F16,
  'torch.BFloat16Storage': numberFormats.BF16,
  'torch.LongStorage': null,
  'torch.IntStorage': null,
  'torch.ShortStorage': null,
  'torch.CharStorage': null,
  'torch.ByteStorage': null,
  'torch.BoolStorage': null,
}

/** A tensor as the pickle describes it: a view of a storage. */
class View {
  readonly storage: Storage
  readonly offset: number
  readonly shape: number[]
  readonly strides: number[]
  constructor(storage: Storage, offset: number, shape: number[], strides: number[]) {
    this.storage = storage
    this.offset = offset
    this.shape = shape
    this.strides = strides
  }
}

class Storage {
  readonly type: string
  readonly key: string
  constructor(type: string, key: string) {
    this.type = type
    this.key = key
  }
}

/** Where training scripts keep the table of weights in what they save. */
const TABLES = ['state_dict', 'model_state_dict', 'model_state', 'model', 'net', 'weights']

/**
 * The floating-point tensors of a file that `torch.save` wrote (PyTorch 1.6 or newer): a table of
 * weights, or a checkpoint that holds one as `state_dict` or `model`. No code of the file is run.
 * @throws WeightsError when it holds anything that such tables do not need, or is damaged
 */
export function readTorchFile(source: ByteSource): StateDict {
  const archive = new ZipArchive(source)
  const pickle = archive.names.find((name) => /(^|\/)data\.pkl$/.test(name))
  if (pickle === undefined) {
    throw new WeightsError('The zip archive holds no data.pkl: torch.save did not write it.')
  }
  const folder = pickle.slice(0, -'data.pkl'.length)
  checkByteOrder(archive, folder)
  const content = readPickle(archive.read(pickle), { call, persistent })
  const state: StateDict = new Map()
  let last: { key: string; bytes: Buffer } = { key: '', bytes: Buffer.alloc(0) }
  for (const [name, view] of viewsOf(content)) {
    const { type, key } = view.storage
    const format = formats[type]
    if (!format) continue
    // Neighbours may be views of one large storage.
    if (last.key !== key) last = { key, bytes: archive.read(`${folder}data/${key}`) }
    state.set(name, { shape: view.shape, data: readView(name, view, last.bytes, format) })
  }
  return state
}

function checkByteOrder(archive: ZipArchive, folder: string): void {
  const name = `${folder}byteorder`
  if (!archive.names.includes(name) || archive.read(name).toString() === 'little') return
  throw new WeightsError('The weights are big-endian. Save them again on a little-endian machine.')
}

function call(name: string, args: Pickled[]): Pickled {
  switch (name) {
    case 'collections.OrderedDict':
      return new Map(args.length > 0 ? (args[0] as [Pickled, Pickled][]) : [])
    case 'torch._utils._rebuild_tensor_v2': {
      const [storage, offset, shape, strides] = args
      const whole =
        storage instanceof Storage && Number.isInteger(offset) && isSizes(shape) && isSizes(strides)
      if (!whole || shape.length !== strides.length) throw new WeightsError('A tensor is damaged.')
      return new View(storage, offset as number, shape, strides)
    }
    case 'torch._utils._rebuild_parameter':
      return args[0]
    case 'torch.Size':
      return args[0] ?? []
  }
  throw new WeightsError(
    `The file asks for '${name}', which a table of weights does not need, so it is refused. ` +
      'Save the weights alone: torch.save(model.state_dict(), file).',
  )
}

function persistent(id: Pickled): Pickled {
  if (Array.isArray(id) && id[0] === 'storage' && id[1] instanceof Named) {
    if (id[1].name in formats && typeof id[2] === 'string') return new Storage(id[1].name, id[2])
    throw new WeightsError(`Tensors of '${id[1].name}' cannot be read. Save them as float32.`)
  }
  throw new WeightsError('The file refers to something that is not a storage of numbers.')
}

function isSizes(value: Pickled): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isInteger(n) && (n as number) >= 0)
}

function viewsOf(content: Pickled): [string, View][] {
  if (!(content instanceof Map)) {
    throw new WeightsError('The file holds no table of weights: save model.state_dict().')
  }
  const views = [...content].filter(
    (entry): entry is [string, View] => typeof entry[0] === 'string' && entry[1] instanceof View,
  )
  if (views.length > 0) return views
  const table = TABLES.map((name) => content.get(name)).find((value) => value instanceof Map)
  if (table) return viewsOf(table)
  throw new WeightsError(
    `The file holds no table of weights, only ${[...content.keys()].map(String).join(', ')}. ` +
      `Save model.state_dict(), alone or as 'state_dict'.`,
  )
}

/** Of one tensor: 4 GB. A view that repeats its storage may claim any size. */
const MOST_VALUES = 2 ** 30

/** Whether neighbours in the tensor are neighbours in the storage, the last axis first. */
function isContiguous(shape: number[], strides: number[]): boolean {
  let expected = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false
    expected *= shape[axis]
  }
  return true
}

function readView(
  name: string,
  { offset, shape, strides }: View,
  bytes: Buffer,
  format: NumberFormat,
): Float32Array {
  const { bytes: width, read } = format
  const size = sizeOf(shape)
  const last = shape.reduce((at, n, axis) => at + (n - 1) * strides[axis], offset)
  if (size > MOST_VALUES || (size > 0 && (last + 1) * width > bytes.length)) {
    throw new WeightsError(`'${name}' is larger than its storage: the file is damaged.`)
  }
  const data = new Float32Array(size)
  if (format === numberFormats.F32 && isContiguous(shape, strides)) {
    new Uint8Array(data.buffer).set(bytes.subarray(4 * offset, 4 * (offset + size)))
    return data
  }
  const index = new Array<number>(shape.length).fill(0)
  for (let i = 0, at = offset; i < data.length; i++) {
    data[i] = read(bytes, at)
    // As an odometer: the last axis turns fastest.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]
      if (++index[axis] < shape[axis]) break
      at -= strides[axis] * shape[axis]
      index[axis] = 0
    }
  }
  return data
}
