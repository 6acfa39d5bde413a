import { execFile, execFileSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { basename, isAbsolute, join } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { findPlaces, which } from '../../../../scripts/lib/places.mjs'
import { COMPILE, unitsOf } from '../../../../scripts/lib/steps/kernels.mjs'

const run = promisify(execFile)
const places = findPlaces()
const headers = join(places.binding, 'deps', 'include')
const harness = import.meta.dirname

/** Without TensorFlow's headers nothing can be compiled. */
export const hasHeaders = existsSync(join(headers, 'tensorflow', 'c', 'kernels.h'))

export function hasProgram(name: string): boolean {
  return which(name) !== null
}

/** Whether a compiler has what its sanitizers are linked with. */
export function hasSanitizers(compiler: string): boolean {
  if (!hasProgram(compiler)) return false
  return ['libasan.so', 'libubsan.so'].every((library) => {
    const found = execFileSync(compiler, [`-print-file-name=${library}`], { encoding: 'utf8' })
    return isAbsolute(found.trim())
  })
}

/** Sources of the kernels, without the one that is Node's addon. */
export function kernelSources(): string[] {
  return unitsOf(places).filter((source) => basename(source) !== 'addon.cc')
}

/** Compiles one source; warnings are errors. */
export async function compile(compiler: string, source: string, flags: string[]): Promise<void> {
  const warnings = ['-Werror', '-Wno-uninitialized']
  const folders = ['-isystem', headers, '-I', join(places.root, 'src-main/trainer/native')]
  await run(compiler, [...COMPILE, ...warnings, ...folders, ...flags, source])
}

/** Compiles and links kernels and harness into a program, which is removed after the test. */
export async function buildHarness(compiler: string, flags: string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'fame-native-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const tests = globSync('*.cc', { cwd: harness }).map((name) => join(harness, name))
  const object = (source: string): string => join(folder, `${basename(source, '.cc')}.o`)
  const sources = [...kernelSources(), ...tests]
  await inParallel(sources, (source) =>
    compile(compiler, source, [...flags, '-c', '-o', object(source)]),
  )
  const program = join(folder, 'harness')
  await run(compiler, [...flags, '-pthread', ...sources.map(object), '-o', program])
  return program
}

/** What the program prints. @throws Error with all of it where a test failed */
export async function runHarness(command: string, args: string[] = []): Promise<string> {
  try {
    return (await run(command, args)).stdout
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`${stdout}\n${stderr}`, { cause: error })
  }
}

export async function inParallel<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values()
  const one = async (): Promise<void> => {
    for (const item of rest) await work(item)
  }
  await Promise.all(Array.from({ length: availableParallelism() }, one))
}
