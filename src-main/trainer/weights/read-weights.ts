import { readFileSync, statSync } from 'node:fs'
import { loadNewestCheckpoint } from '../checkpoint/checkpoints.ts'
import { decodeSafetensors } from '../checkpoint/safetensors.ts'
import type { StateDict } from '../models/weights.ts'
import { FileSource } from './byte-source.ts'
import { readTorchFile } from './torch-file.ts'
import { WeightsError } from './weights-error.ts'

const ZIP = 0x04034b50

/**
 * The tensors of a file of weights: safetensors, what `torch.save` writes (`.pth`, `.pth.tar`,
 * `.pt`), or a run's folder, of which the newest whole checkpoint is taken.
 * @throws WeightsError when there is nothing to read, or it is damaged or of another kind
 */
export function readWeights(path: string): StateDict {
  try {
    return read(path)
  } catch (error) {
    throw new WeightsError(`${path} cannot be used: ${(error as Error).message}`, { cause: error })
  }
}

function read(path: string): StateDict {
  if (statSync(path).isDirectory()) {
    const saved = loadNewestCheckpoint(path)
    if (saved) return saved.tensors
    throw new WeightsError('the folder has no checkpoint. Name a run that has written one.')
  }
  const source = new FileSource(path)
  try {
    const start = source.read(0, Math.min(4, source.length))
    if (start.length === 4 && start.readUInt32LE() === ZIP) return readTorchFile(source)
    if (start[0] === 0x80 && start[1] !== undefined && start[1] <= 5) {
      throw new WeightsError(
        'it is of the format before PyTorch 1.6. Save it again with a newer PyTorch: torch.save(torch.load(file), file).',
      )
    }
  } finally {
    source.close()
  }
  return decodeSafetensors(readFileSync(path)).tensors
}
