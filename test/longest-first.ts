import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * The files that take longest, within `test`: first those that follow one another in processes that
 * have loaded TensorFlow, then those with a process of their own, the longest first. One that starts
 * last keeps one processor busy while the others have nothing left to do.
 */
export const LONGEST = [
  'src-main/trainer/encoders/golden.test.ts',
  'src-main/trainer/methods/every-method.test.ts',
  'src-main/trainer/method-processes.test.ts',
  'src-main/selftest/checks.test.ts',
  'src-main/trainer/native/native.test.ts',
  'src-main/trainer/encoders/network-gradients.test.ts',
  'src-main/trainer/methods/precision.test.ts',
  'src-main/trainer/trainer-process.test.ts',
  'src-main/runs/kills.test.ts',
  'src-main/trainer/encoders/networks.test.ts',
  'src-main/trainer/carrying/carry.test.ts',
  'src-main/trainer/methods/combined.test.ts',
  'src-main/trainer/tasks/finetune.test.ts',
  'src-main/bench/training/train-bench.test.ts',
  'src-main/demo/run-demo.test.ts',
  'src-main/trainer/methods/byol.test.ts',
  'src-main/trainer/training/training.test.ts',
  'e2e/accessibility.test.ts',
  'e2e/live-run.test.ts',
  'e2e/browser.test.ts',
  'src-main/hosts/cli.test.ts',
  'e2e/shell.test.ts',
  'src-main/hosts/cli-weights.test.ts',
  'e2e/library.test.ts',
  'src-main/masks/formats/fuzz.test.ts',
  'e2e/correct.test.ts',
]

/** Starts the longest files first, also where no earlier run has left how long each took. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => placeOf(a.moduleId) - placeOf(b.moduleId))
  }
}

/** Place in the list of a file, a path; the list's length where it does not have the file. */
function placeOf(path: string): number {
  const place = LONGEST.indexOf(relative(import.meta.dirname, path).replaceAll('\\', '/'))
  return place < 0 ? LONGEST.length : place
}
