import { Named, Placeholder, type Pickled } from './pickle.ts'
import { WeightsError } from './weights-error.ts'

export class Storage {
  /** PyTorch's name of its numbers, such as `torch.FloatStorage` or `torch.uint16`. */
  readonly type: string
  readonly key: string
  constructor(type: string, key: string) {
    this.type = type
    this.key = key
  }
}

/** A tensor as the pickle describes it: a view of a storage. */
export class View {
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

/**
 * Modules and functions by which a pickle does things to the machine that loads it. Nothing is run
 * here, but a file that names one of them was not made to share weights.
 */
const HARMFUL =
  /^(os|posix|nt|sys|subprocess|shutil|socket|pty|ctypes|importlib|runpy|code|codeop|pdb|bdb|timeit|trace|marshal|pickle|_pickle|multiprocessing|threading|asyncio|signal|webbrowser|urllib|http|ftplib|smtplib|requests|pip|tempfile|torch\.hub|torch\.jit)\.|^(__builtin__|builtins)\.(eval|exec|execfile|compile|open|input|getattr|setattr|delattr|__import__|breakpoint|globals|locals|vars|apply|file)$|^(io|_io)\.(open|open_code|FileIO)$|^types\.(CodeType|FunctionType)$|^operator\.(attrgetter|methodcaller)$/

/** What the functions that tables of weights are made with stand for. */
export function call(name: string, args: Pickled[]): Pickled {
  switch (name) {
    case 'collections.OrderedDict':
    case 'builtins.dict':
      return mapOf(args[0])
    case 'collections.defaultdict':
      return mapOf(args[1])
    case 'torch._utils._rebuild_tensor_v2':
      return viewOf(args)
    case 'torch._utils._rebuild_tensor_v3':
      return viewOf(args, args[6])
    case 'torch._utils._rebuild_parameter':
    case 'torch._utils._rebuild_parameter_with_state':
      return args[0]
    case 'torch.Size':
      return args[0] ?? []
  }
  if (!HARMFUL.test(name)) return new Placeholder(name)
  throw new WeightsError(
    `The file asks to run '${name}', which no table of weights needs. Nothing was run. Do not load ` +
      'this file elsewhere. Get the weights from a source that you trust.',
  )
}

/** A storage of numbers by what `torch.save` writes for it. */
export function persistent(id: Pickled): Pickled {
  if (typeof id === 'string') return persistentText(id)
  if (Array.isArray(id) && id[0] === 'storage' && id[1] instanceof Named) {
    if (typeof id[2] === 'string') return new Storage(id[1].name, id[2])
  }
  throw new WeightsError('The file refers to something that is not a storage of numbers.')
}

/** Protocol 0 writes a persistent id as Python prints it. */
function persistentText(id: string): Storage {
  const [, type, key] = /^\('storage', <class '([\w.]+)'>, '(\w+)', '[\w:]*', \d+\)$/.exec(id) ?? []
  if (type !== undefined && key !== undefined) return new Storage(type, key)
  throw new WeightsError('The file refers to something that is not a storage of numbers.')
}

function mapOf(pairs: Pickled | undefined): Map<Pickled, Pickled> {
  if (pairs instanceof Map) return pairs
  if (!Array.isArray(pairs)) return new Map()
  return new Map(pairs.filter((pair) => Array.isArray(pair)) as [Pickled, Pickled][])
}

/** @param dtype where the storage is untyped */
function viewOf([storage, offset, shape, strides]: Pickled[], dtype?: Pickled): View {
  const isWhole = storage instanceof Storage && isSize(offset) && isSizes(shape) && isSizes(strides)
  if (!isWhole || shape.length !== strides.length) throw new WeightsError('A tensor is damaged.')
  if (!(dtype instanceof Named)) return new View(storage, offset, shape, strides)
  return new View(new Storage(dtype.name, storage.key), offset, shape, strides)
}

function isSize(value: Pickled): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isSizes(value: Pickled): value is number[] {
  return Array.isArray(value) && value.length <= 16 && value.every(isSize)
}
