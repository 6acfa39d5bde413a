import { statSync } from 'node:fs'
import { FileSource } from '../checkpoint/byte-source.ts'
import { loadNewestCheckpoint } from '../checkpoint/checkpoints.ts'
import { readSafetensorsTable } from './safetensors-table.ts'
import { readTorchFile } from './torch-file.ts'
import { WeightsError } from './weights-error.ts'
import { tableOf, type WeightsTable } from './weights-table.ts'

const ZIP = 0x04034b50
/** The opcode that a pickle of protocol 2 or later begins with, before the protocol's number. */
const PICKLE = 0x80

/** Files that are often taken for weights, by how they begin. */
const MISTAKEN: readonly { begins: RegExp; says: string }[] = [
  {
    begins: /^version https:\/\/git-lfs/,
    says: "it is a Git LFS pointer, not the weights. Fetch them with 'git lfs pull'.",
  },
  {
    begins: /^\s*\{[^]*"weight_map"/,
    says: 'it is an index of weights in several files. Join them into one safetensors file first.',
  },
  {
    begins: /^\s*(<!DOCTYPE|<html)/i,
    says: 'it is a web page, not the weights. Download the file itself.',
  },
]

/**
 * Hands the tensors of a file of weights to `use`: safetensors, what `torch.save` writes (`.pth`,
 * `.pth.tar`, `.pt`), or a run's folder, of which the newest whole checkpoint is taken.
 * @throws WeightsError when there is nothing to read, or it is damaged or of another kind, or where
 * `use` throws one
 */
export async function withWeights<T>(
  path: string,
  use: (table: WeightsTable) => Promise<T>,
): Promise<T> {
  try {
    return await open(path, use)
  } catch (error) {
    throw new WeightsError(`${path} cannot be used: ${(error as Error).message}`, { cause: error })
  }
}

async function open<T>(path: string, use: (table: WeightsTable) => Promise<T>): Promise<T> {
  if (statSync(path).isDirectory()) {
    const saved = loadNewestCheckpoint(path)
    if (saved) return await use(tableOf(saved.tensors))
    throw new WeightsError('the folder has no checkpoint. Name a run that has written one.')
  }
  const source = new FileSource(path)
  try {
    const start = source.read(0, Math.min(4096, source.length))
    if (start.length === 0) throw new WeightsError('it is empty. Fetch or copy the file again.')
    if (start.length >= 4 && start.readUInt32LE() === ZIP) {
      return await use(await readTorchFile(source))
    }
    if (start[0] === PICKLE && start[1] <= 5) {
      throw new WeightsError(
        'it has the format of PyTorch before 1.6. Save it again with a newer PyTorch: torch.save(torch.load(file), file).',
      )
    }
    const text = start.toString('latin1')
    const mistaken = MISTAKEN.find(({ begins }) => begins.test(text))
    if (mistaken) throw new WeightsError(mistaken.says)
    return await use(readSafetensorsTable(source))
  } finally {
    source.close()
  }
}
