import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { basename, isAbsolute, join } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { COMPILE } from '../../../../scripts/lib/native.mjs'
import { findPlaces, which } from '../../../../scripts/lib/places.mjs'
import { unitsOf } from '../../../../scripts/lib/steps/kernels.mjs'

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
function kernelSources(): string[] {
  return unitsOf(places).filter((source) => basename(source) !== 'addon.cc')
}

/** Compiles one source; warnings are errors. */
async function compile(compiler: string, source: string, flags: string[]): Promise<void> {
  const warnings = ['-Werror', '-Wno-uninitialized']
  const folders = ['-isystem', headers, '-I', join(places.root, 'src-main/trainer/native')]
  await run(compiler, [...COMPILE, ...warnings, ...folders, ...flags, source])
}

/**
 * Compiles and links kernels and harness into a program. A program that was built from the same
 * sources with the same flags and compiler is used again.
 */
export async function buildHarness(compiler: string, flags: string[]): Promise<string> {
  const tests = globSync('*.cc', { cwd: harness }).map((name) => join(harness, name))
  const sources = [...kernelSources(), ...tests]
  return await once(compiler, flags, async (out) => {
    const folder = mkdtempSync(join(tmpdir(), 'fame-native-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const object = (source: string): string => join(folder, `${basename(source, '.cc')}.o`)
    await inParallel(sources, (source) =>
      compile(compiler, source, [...flags, '-c', '-o', object(source)]),
    )
    await run(compiler, [...flags, '-pthread', ...sources.map(object), '-o', out])
  })
}

/** Compiles every kernel without keeping what comes out, to see that nothing warns. */
export async function checkWarnings(compiler: string, flags: string[]): Promise<void> {
  await once(compiler, flags, async (out) => {
    await inParallel(kernelSources(), (source) =>
      compile(compiler, source, [...flags, '-fsyntax-only']),
    )
    writeFileSync(out, '')
  })
}

/**
 * Does some work whose result is a file, unless it has been done with the same sources, flags and
 * compiler: a warm clone does not compile what has not changed.
 * @param work writes the file that it is given
 * @returns that file
 */
async function once(
  compiler: string,
  flags: readonly string[],
  work: (out: string) => Promise<void>,
): Promise<string> {
  const folder = join(places.root, 'out', 'checks', 'native')
  const ofFlags = `${hashOf([compiler, ...flags])}-`
  const out = join(folder, ofFlags + contentHash(compiler))
  if (existsSync(out)) return out
  mkdirSync(folder, { recursive: true })
  const unfinished = join(folder, `unfinished-${process.pid}`)
  await work(unfinished)
  for (const older of globSync(`${ofFlags}*`, { cwd: folder })) rmSync(join(folder, older))
  renameSync(unfinished, out)
  return out
}

/** Of everything that a compilation depends on, headers of the system and its flags aside. */
function contentHash(compiler: string): string {
  const parts: (string | Buffer)[] = [execFileSync(compiler, ['--version']), ...COMPILE]
  const native = join(places.root, 'src-main/trainer/native')
  for (const folder of [native, harness]) {
    for (const name of globSync('**/*.{cc,h}', { cwd: folder }).sort()) {
      parts.push(name, readFileSync(join(folder, name)))
    }
  }
  return hashOf(parts)
}

function hashOf(parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${part.length} `).update(part)
  return hash.digest('hex').slice(0, 16)
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

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values()
  const one = async (): Promise<void> => {
    for (const item of rest) await work(item)
  }
  await Promise.all(Array.from({ length: availableParallelism() }, one))
}
