import type { ByteSource } from '../checkpoint/byte-source.ts'
import { numberFormats, type NumberFormat } from '../checkpoint/number-formats.ts'
import { readPickle } from './pickle-opcodes.ts'
import { Placeholder, type Pickled } from './pickle.ts'
import { call, persistent, View } from './torch-objects.ts'
import { readView } from './torch-view.ts'
import { WeightsError } from './weights-error.ts'
import type { WeightsTable } from './weights-table.ts'
import { ZipArchive } from './zip-archive.ts'

/** How numbers of a storage are read. */
const FORMATS: Record<string, NumberFormat> = {
  'torch.FloatStorage': numberFormats.F32,
  'torch.float32': numberFormats.F32,
  'torch.DoubleStorage': numberFormats.F64,
  'torch.float64': numberFormats.F64,
  'torch.HalfStorage': numberFormats.F16,
  'torch.float16': numberFormats.F16,
  'torch.BFloat16Storage': numberFormats.BF16,
  'torch.bfloat16': numberFormats.BF16,
}

/** Counts and flags, which belong to every checkpoint and are no weights. */
const INTEGERS = /^torch\.((Long|Int|Short|Char|Byte|Bool)Storage|u?int(8|32|64)|bool)$/

/** What Python keeps a module's parts under; its `state_dict` has no such names. */
const PARTS = new Set<Pickled>(['_modules', '_parameters', '_buffers'])

/** Levels of tables in tables. */
const DEEPEST = 40

/**
 * The tensors of a file that `torch.save` wrote (PyTorch 1.6 or newer): of every table in it,
 * wherever it stands, and of modules that were saved whole. Objects that are not known are passed
 * over; no code of the file is run.
 * @throws WeightsError when the file is damaged, holds no tensors or asks to run something
 */
export async function readTorchFile(source: ByteSource): Promise<WeightsTable> {
  const archive = await ZipArchive.open(source)
  const pickle = archive.names.find((name) => /(^|\/)data\.pkl$/.test(name))
  if (pickle === undefined) {
    throw new WeightsError('The zip archive has no data.pkl, so torch.save did not write it.')
  }
  const folder = pickle.slice(0, -'data.pkl'.length)
  await checkByteOrder(archive, folder)
  const content = readPickle(await archive.read(pickle, 'pickle'), { call, persistent })
  return new TorchTable(archive, folder, viewsOf(content))
}

class TorchTable implements WeightsTable {
  readonly shapes = new Map<string, number[]>()
  readonly unreadable = new Map<string, string>()
  private readonly archive: ZipArchive
  private readonly folder: string
  private readonly views: ReadonlyMap<string, View>
  /** Neighbours may be views of one large storage. */
  private last: { key: string; bytes: Buffer } = { key: '', bytes: Buffer.alloc(0) }

  constructor(archive: ZipArchive, folder: string, views: ReadonlyMap<string, View>) {
    this.archive = archive
    this.folder = folder
    this.views = views
    for (const [name, { storage, shape }] of views) {
      if (storage.type in FORMATS) this.shapes.set(name, shape)
      else if (!INTEGERS.test(storage.type)) this.unreadable.set(name, storage.type)
    }
  }

  async read(name: string): Promise<Float32Array> {
    const view = this.views.get(name)!
    const { key, type } = view.storage
    if (this.last.key !== key) {
      this.last = { key, bytes: await this.archive.read(`${this.folder}data/${key}`, 'storage') }
    }
    return readView(name, view, this.last.bytes, FORMATS[type])
  }
}

async function checkByteOrder(archive: ZipArchive, folder: string): Promise<void> {
  const name = `${folder}byteorder`
  if (!archive.names.includes(name)) return
  if ((await archive.read(name, 'note')).toString() === 'little') return
  throw new WeightsError('The weights are big-endian. Save them again on a little-endian machine.')
}

/** Every tensor by its name, behind the place of its table; see `WeightsTable`. */
function viewsOf(content: Pickled): Map<string, View> {
  const views = new Map<string, View>()
  const seen = new Set<Pickled>()
  const visit = (value: Pickled, path: readonly string[], inModule: boolean): void => {
    if (path.length > DEEPEST || seen.has(value)) return
    if (value instanceof Map || value instanceof Placeholder) seen.add(value)
    const entries = entriesOf(value)
    for (const [key, inner] of entries) {
      const isPart = PARTS.has(key)
      const name = typeof key === 'object' ? 'object' : String(key)
      if (inner instanceof View) {
        const place = path.join('.')
        const full = inModule ? [...path, name].join('.') : place === '' ? name : `${place}/${name}`
        views.set(full, inner)
      } else visit(inner, isPart ? path : [...path, name], inModule || isPart)
    }
  }
  visit(content, [], false)
  if (views.size > 0) return views
  const keys = content instanceof Map ? [...content.keys()].map(String).join(', ') : ''
  throw new WeightsError(
    `The file has no table of weights${keys === '' ? '' : `, only ${keys}`}. Save ` +
      "model.state_dict(), by itself or as 'state_dict'.",
  )
}

function entriesOf(value: Pickled): Iterable<[Pickled, Pickled]> {
  if (value instanceof Map) return value
  if (!(value instanceof Placeholder)) return []
  // A state may be a pair of attributes and slots.
  const state = Array.isArray(value.state) ? (value.state[0] as Pickled) : value.state
  return [...value.items, ...(state instanceof Map ? state : [])]
}
