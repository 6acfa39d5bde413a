import { ZipReader } from '../../base/files/zip-reader.ts'
import type { ByteSource } from '../checkpoint/byte-source.ts'
import { WeightsError } from './weights-error.ts'

/** Bytes of a list of files: some 800,000 of them. */
const LARGEST_DIRECTORY = 64 * 2 ** 20

/**
 * Most bytes of a file, by what it is. Without them a small archive could claim any amount of memory:
 * deflate packs zeros by a factor of a thousand.
 */
const LARGEST = { note: 2 ** 10, pickle: 64 * 2 ** 20, storage: 4 * 2 ** 30 - 1 }
/** Of a storage that is packed, which `torch.save` never does. */
const LARGEST_PACKED = 2 ** 30

/** The ZIP archive that `torch.save` writes. */
export class ZipArchive {
  private readonly zip: ZipReader

  private constructor(zip: ZipReader) {
    this.zip = zip
  }

  /** @throws WeightsError when the archive is cut off or damaged */
  static async open(source: ByteSource): Promise<ZipArchive> {
    const read = async (at: number, length: number): Promise<Buffer> => source.read(at, length)
    const size = source.length
    return new ZipArchive(await whole(() => ZipReader.open({ size, read }, LARGEST_DIRECTORY)))
  }

  get names(): string[] {
    return [...this.zip.entries.keys()]
  }

  /** @throws WeightsError when there is no such file, it is damaged, or larger than its kind may be */
  async read(name: string, kind: keyof typeof LARGEST): Promise<Buffer> {
    const entry = this.zip.entries.get(name)
    if (!entry) throw new WeightsError(`The archive has no '${name}', so it is incomplete.`)
    const most = entry.isPacked ? Math.min(LARGEST[kind], LARGEST_PACKED) : LARGEST[kind]
    if (Math.max(entry.size, entry.packed) > most) {
      throw new WeightsError(
        `'${name}' of the archive has ${entry.size} bytes; the limit is ${most}. ` +
          'Save only the weights: torch.save(model.state_dict(), file).',
      )
    }
    // PyTorch can be told to leave the sums out.
    return await whole(() => this.zip.read(entry, { checkSum: false }))
  }
}

/** Whatever goes wrong while reading an archive is damage. */
async function whole<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    throw new WeightsError('The archive is cut off or damaged. Fetch or copy the file again.', {
      cause: error,
    })
  }
}
