import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { cachedLibrary, obtainLibrary } from '../../scripts/lib/tensorflow-library.mjs'
import { temporaryFolder, temporarySetup } from './temporary.ts'
import { wheelArchive } from './zip-archive.ts'

const release =
  '#define TF_MAJOR_VERSION 2\n#define TF_MINOR_VERSION 21\n#define TF_PATCH_VERSION 0\n'
const tensorflowFiles = {
  'tensorflow/libtensorflow_cc.so.2': 'cc',
  'tensorflow/libtensorflow_framework.so.2': 'framework',
  'tensorflow/include/tensorflow/core/public/release_version.h': release,
  'tensorflow/python/large.py': 'not needed',
}
const needsCublas = 'Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5; extra == "and-cuda"\n'
const cublasFiles = {
  'nvidia/cublas/lib/libcublas.so.12': 'cublas',
  'nvidia/cublas/include/cublas.h': 'not needed',
}

/** A machine whose pip has the given wheels, by the beginning of their file names. */
async function machineWith(wheels: Record<string, Buffer>, programs: Record<string, string> = {}) {
  const shelf = temporaryFolder()
  for (const [name, wheel] of Object.entries(wheels))
    writeFileSync(join(shelf, `${name}-1-py3-none-any.whl`), wheel)
  const python = execFileSync('sh', ['-c', 'command -v python3'], { encoding: 'utf8' }).trim()
  const pip = `
    case "$1" in *.py) exec ${python} "$@";; esac
    case "$*" in *--version) echo pip; exit 0;; esac
    echo "$*" >> ${shelf}/calls
    for last; do :; done
    while [ "$1" != --dest ]; do shift; done
    name=$(echo "$last" | sed 's/[<=>].*//; s/-/_/g')
    cp ${shelf}/$name-1-py3-none-any.whl "$2"/ 2>/dev/null || { echo 'No matching distribution'; exit 1; }`
  const folder = join(temporaryFolder(), 'bin')
  mkdirSync(folder)
  for (const [name, body] of Object.entries({ python3: pip, ...programs })) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  const made = temporarySetup({ env: { PATH: [folder, '/usr/bin', '/bin'].join(delimiter) } })
  const asked = () =>
    existsSync(join(shelf, 'calls')) ? readFileSync(join(shelf, 'calls'), 'utf8') : ''
  await made.setup.lock.acquire()
  return { ...made, asked, shelf }
}

const nothing = { library: '', kind: '' }
const gpu = { 'nvidia-smi': 'echo "GPU 0: NVIDIA H200"' }

describe.runIf(process.platform === 'linux')('TensorFlow’s library', () => {
  test('comes out of the wheel for the CPU, without what is not needed', async () => {
    const { setup } = await machineWith({ tensorflow_cpu: wheelArchive('tf', tensorflowFiles) })
    const library = await obtainLibrary(setup, { ...nothing, kind: 'cpu' })
    expect(library).toMatchObject({ kind: 'cpu', nvidia: null })
    expect(readFileSync(join(library.folder, 'libtensorflow_cc.so.2'), 'utf8')).toBe('cc')
    expect(existsSync(join(library.folder, 'python'))).toBe(false)
    expect(existsSync(join(setup.places.cache, 'tensorflow', 'download'))).toBe(false)
  })

  test('is fetched once for all clones', async () => {
    const { setup, asked } = await machineWith({
      tensorflow_cpu: wheelArchive('tf', tensorflowFiles),
    })
    const first = await obtainLibrary(setup, { ...nothing, kind: 'cpu' })
    const calls = asked()
    expect(await obtainLibrary(setup, { ...nothing, kind: 'cpu' })).toEqual(first)
    expect(asked()).toBe(calls)
  })

  test('comes out of the common wheel where there is none for the CPU alone', async () => {
    const { setup } = await machineWith({ tensorflow: wheelArchive('tf', tensorflowFiles) })
    const library = await obtainLibrary(setup, { ...nothing, kind: 'cpu' })
    expect(existsSync(join(library.folder, 'libtensorflow_framework.so.2'))).toBe(true)
  })

  test('comes with the CUDA libraries that its wheel names where a GPU answers', async () => {
    const wheels = {
      tensorflow: wheelArchive('tf', tensorflowFiles, needsCublas),
      nvidia_cublas_cu12: wheelArchive('cublas', cublasFiles),
    }
    const { setup, asked } = await machineWith(wheels, gpu)
    const library = await obtainLibrary(setup, nothing)
    expect(library.kind).toBe('cuda')
    expect(asked()).toContain('nvidia-cublas-cu12<13.0,>=12.5')
    expect(existsSync(join(library.nvidia!, 'cublas/lib/libcublas.so.12'))).toBe(true)
    expect(existsSync(join(library.nvidia!, 'cublas/include'))).toBe(false)
  })

  test('gives pip no requirement that pip would take for an option', async () => {
    const strange = 'Requires-Dist: --index-url=http://evil.example; extra == "and-cuda"\n'
    const wheels = { tensorflow: wheelArchive('tf', tensorflowFiles, strange) }
    const { setup, asked } = await machineWith(wheels, gpu)
    await expect(obtainLibrary(setup, nothing)).rejects.toThrow(/which is no package/)
    expect(asked()).not.toContain('evil')
  })

  test('is not asked what it requires where its SHA-256 is wrong', async () => {
    const wheels = { tensorflow: wheelArchive('tf', tensorflowFiles, needsCublas) }
    const { setup, asked } = await machineWith(wheels, gpu)
    const list = join(temporaryFolder(), 'hashes')
    writeFileSync(list, `${'0'.repeat(64)}  tensorflow-1-py3-none-any.whl\n`)
    setup.env.FAME_WHEEL_HASHES = list
    await expect(obtainLibrary(setup, nothing)).rejects.toThrow(/does not have the SHA-256/)
    expect(asked()).not.toContain('cublas')
  })

  test('is not said to be missing where the disk fills while pip runs', async () => {
    const full = 'case "$*" in *--version) exit 0;; esac; echo "No space left on device"; exit 1'
    const { setup } = await machineWith({}, { python3: full })
    await expect(obtainLibrary(setup, { ...nothing, kind: 'cpu' })).rejects.toThrow(/disk is full/)
  })

  test('is the one for the CPU on a machine with a GPU when that is wished', async () => {
    const { setup } = await machineWith(
      { tensorflow_cpu: wheelArchive('tf', tensorflowFiles) },
      gpu,
    )
    expect((await obtainLibrary(setup, { ...nothing, kind: 'cpu' })).kind).toBe('cpu')
  })

  test('is not taken from a damaged wheel, which is removed for the next try', async () => {
    const wheel = wheelArchive('tf', tensorflowFiles)
    wheel[wheel.indexOf('cc.so.2') + 8] ^= 0xff
    const { setup, shelf } = await machineWith({ tensorflow_cpu: wheel })
    const wishes = { ...nothing, kind: 'cpu' }
    await expect(obtainLibrary(setup, wishes)).rejects.toThrow()
    expect(cachedLibrary(setup.places.cache, 'cpu')).toBeNull()
    writeFileSync(
      join(shelf, 'tensorflow_cpu-1-py3-none-any.whl'),
      wheelArchive('tf', tensorflowFiles),
    )
    expect((await obtainLibrary(setup, wishes)).kind).toBe('cpu')
  })

  test('replaces what a killed set-up left', async () => {
    const { setup } = await machineWith({ tensorflow_cpu: wheelArchive('tf', tensorflowFiles) })
    const left = join(setup.places.cache, 'tensorflow', '2.21.0-cpu.partial', 'tensorflow')
    mkdirSync(left, { recursive: true })
    writeFileSync(join(left, 'libtensorflow_cc.so.2'), 'ha')
    const library = await obtainLibrary(setup, { ...nothing, kind: 'cpu' })
    expect(readFileSync(join(library.folder, 'libtensorflow_cc.so.2'), 'utf8')).toBe('cc')
    expect(existsSync(join(left, '..'))).toBe(false)
  })
})
