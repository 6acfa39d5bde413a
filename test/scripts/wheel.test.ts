import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Wheel } from '../../scripts/lib/wheel.mjs'
import { temporaryFolder } from './temporary.ts'
import { recordLine, zipArchive } from './zip-archive.ts'

const library = 'library '.repeat(5000)

function writeWheel(record: string, metadata = 'Name: made\nVersion: 1.2.3\n'): string {
  const file = join(temporaryFolder(), 'made-1.2.3-py3-none-any.whl')
  const members = {
    'made/lib/big.so': library,
    'made/other.py': 'pass\n',
    'made-1.2.3.dist-info/METADATA': metadata,
    'made-1.2.3.dist-info/RECORD': record,
  }
  writeFileSync(file, zipArchive(members))
  return file
}

describe('a wheel', () => {
  test('gives out the wanted files, whole, and no others', async () => {
    const wheel = await Wheel.open(writeWheel(recordLine('made/lib/big.so', library)))
    const folder = join(temporaryFolder(), 'out')
    expect(await wheel.extract((name) => name.endsWith('.so'), folder)).toBe(1)
    expect(readFileSync(join(folder, 'made/lib/big.so'), 'utf8')).toBe(library)
    expect(existsSync(join(folder, 'made/other.py'))).toBe(false)
  })

  test('is refused when a file is not what RECORD states', async () => {
    const wheel = await Wheel.open(writeWheel(recordLine('made/lib/big.so', `${library}!`)))
    const extraction = wheel.extract((name) => name.endsWith('.so'), temporaryFolder())
    await expect(extraction).rejects.toThrow(/big\.so .* does not have the SHA-256/)
  })

  test('is refused when RECORD does not name the file', async () => {
    const wheel = await Wheel.open(writeWheel('made/other.py,,'))
    const extraction = wheel.extract((name) => name.endsWith('.so'), temporaryFolder())
    await expect(extraction).rejects.toThrow(/does not have the SHA-256/)
  })

  test('is refused when a byte has changed on the way', async () => {
    const file = writeWheel(recordLine('made/lib/big.so', library))
    const bytes = readFileSync(file)
    bytes[60] ^= 0xff
    writeFileSync(file, bytes)
    const wheel = await Wheel.open(file)
    await expect(wheel.extract((name) => name.endsWith('.so'), temporaryFolder())).rejects.toThrow()
  })

  test('is refused when it was cut short', async () => {
    const file = writeWheel('')
    writeFileSync(file, readFileSync(file).subarray(0, -40))
    await expect(Wheel.open(file)).rejects.toThrow(/no whole ZIP archive/)
  })

  test('never writes outside its folder', async () => {
    const file = join(temporaryFolder(), 'bad.whl')
    const members = { '../evil.so': 'x', 'bad-1.dist-info/RECORD': recordLine('../evil.so', 'x') }
    writeFileSync(file, zipArchive(members))
    const folder = join(temporaryFolder(), 'inner')
    const extraction = (await Wheel.open(file)).extract(() => true, folder)
    await expect(extraction).rejects.toThrow(/outside its folder/)
    expect(existsSync(join(folder, '..', 'evil.so'))).toBe(false)
  })

  test('tells what one of its extras needs', async () => {
    const metadata = [
      'Version: 2.21.0',
      'Requires-Dist: numpy>=1.26.0',
      'Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"',
      "Requires-Dist: nvidia-nccl-cu12 (<3.0,>=2.27.7) ; extra == 'and-cuda'",
      'Requires-Dist: other; extra == "else"',
    ].join('\n')
    const wheel = await Wheel.open(writeWheel('', metadata))
    expect(await wheel.version()).toBe('2.21.0')
    expect(await wheel.requirements('and-cuda')).toEqual([
      'nvidia-cublas-cu12<13.0,>=12.5.3.2',
      'nvidia-nccl-cu12<3.0,>=2.27.7',
    ])
  })
})
