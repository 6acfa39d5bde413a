import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, describe, expect, test } from 'vitest'
import { ZipDamageError, ZipReader } from '#main/base/files/zip-reader.ts'
import { ZipWriter } from '#main/base/files/zip-writer.ts'

const folder = mkdtempSync(join(tmpdir(), 'fame-zip-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const LIST = 2 ** 20
const sums = { checkSum: true }

async function archive(entries: Record<string, string>): Promise<Buffer> {
  const file = join(folder, 'made.zip')
  rmSync(file, { force: true })
  const zip = await ZipWriter.create(file)
  for (const [name, text] of Object.entries(entries)) await zip.add(name, Buffer.from(text))
  await zip.end()
  return readFileSync(file)
}

function open(bytes: Buffer, longestList = LIST): Promise<ZipReader> {
  const read = async (at: number, length: number) => bytes.subarray(at, at + length)
  return ZipReader.open({ size: bytes.length, read }, longestList)
}

describe('an archive', () => {
  const entries = { short: 'a', empty: '', 'a folder/ünï': 'text '.repeat(1000) }

  test('gives back what was written', async () => {
    const zip = await open(await archive(entries))
    expect([...zip.entries.keys()]).toEqual(Object.keys(entries))
    for (const [name, text] of Object.entries(entries)) {
      expect((await zip.read(zip.entries.get(name)!, sums)).toString()).toBe(text)
    }
  })

  test('is read by Python, and one of Python is read here', async () => {
    await archive(entries)
    const script =
      'import sys, zipfile, json; z = zipfile.ZipFile(sys.argv[1]); ' +
      'print(json.dumps({n: z.read(n).decode() for n in z.namelist()}))'
    const read = execFileSync('python3', ['-c', script, join(folder, 'made.zip')])
    expect(JSON.parse(read.toString())).toEqual(entries)
    const writing =
      "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED); " +
      "z.writestr('a/one.txt', 'one' * 1000); z.writestr('empty', ''); z.close()"
    execFileSync('python3', ['-c', writing, join(folder, 'python.zip')])
    const zip = await open(readFileSync(join(folder, 'python.zip')))
    const one = zip.entries.get('a/one.txt')!
    expect(one).toMatchObject({ size: 3000, isPacked: true })
    expect((await zip.read(one, sums)).toString()).toBe('one'.repeat(1000))
  })

  test('has the same bytes whenever it is written', async () => {
    expect((await archive(entries)).equals(await archive(entries))).toBe(true)
  })

  test.each([Infinity, 1000])('takes files, with wide sizes from %d bytes on', async (wideFrom) => {
    const content = 'text '.repeat(100_000)
    writeFileSync(join(folder, 'long.txt'), content)
    writeFileSync(join(folder, 'short.txt'), 'a')
    const file = join(folder, 'files.zip')
    rmSync(file, { force: true })
    const made = await ZipWriter.create(file, { wideFrom })
    await made.addFile('a/long.txt', join(folder, 'long.txt'))
    await made.addFile('short.txt', join(folder, 'short.txt'))
    await made.end()
    expect(readFileSync(file).includes(Buffer.from([1, 0, 16, 0]))).toBe(wideFrom === 1000)
    const zip = await open(readFileSync(file))
    expect((await zip.read(zip.entries.get('a/long.txt')!, sums)).toString()).toBe(content)
    const script =
      'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; ' +
      'print([(i.filename, i.file_size) for i in z.infolist()])'
    const read = execFileSync('python3', ['-c', script, file]).toString().trim()
    expect(read).toBe("[('a/long.txt', 500000), ('short.txt', 1)]")
  })

  test('keeps no more of its entries than their lines in the list', async () => {
    const zip = await ZipWriter.create(join(folder, 'many.zip'))
    const bytes = Buffer.alloc(600, 'a')
    for (let i = 0; i < 3000; i++) await zip.add(`entry ${i}`, bytes)
    setFlagsFromString('--expose-gc')
    ;(runInNewContext('gc') as () => void)()
    // The list has 200 kB; the packed bytes alone would be more than twice the limit.
    expect(process.memoryUsage().arrayBuffers).toBeLessThan(20 * 2 ** 20)
    await zip.end()
  })

  test('whose list of entries is longer than allowed is refused', async () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`entry ${i}`, '']))
    const bytes = await archive(many)
    await expect(open(bytes, 1000)).rejects.toThrow(ZipDamageError)
    expect((await open(bytes, 5000)).entries.size).toBe(50)
  })

  test('that is cut off is refused', async () => {
    const bytes = await archive(entries)
    await expect(open(bytes.subarray(0, -10))).rejects.toThrow(ZipDamageError)
    await expect(open(Buffer.alloc(0))).rejects.toThrow(ZipDamageError)
  })

  test('is not blamed for a disk that cannot be read', async () => {
    const failure = new Error('EIO')
    const source = { size: 1000, read: () => Promise.reject(failure) }
    await expect(ZipReader.open(source, LIST)).rejects.toBe(failure)
  })
})

describe('an entry', () => {
  test('whose content has changed is damaged, unless sums are left out', async () => {
    const bytes = await archive({ short: 'abc' })
    bytes[bytes.indexOf('abc')] = 0x41
    const zip = await open(bytes)
    const entry = zip.entries.get('short')!
    await expect(zip.read(entry, sums)).rejects.toThrow(ZipDamageError)
    expect((await zip.read(entry, { checkSum: false })).toString()).toBe('Abc')
  })

  test('that unpacks to more than it says is damaged', async () => {
    const zip = await open(await archive({ long: 'a'.repeat(10_000) }))
    const entry = zip.entries.get('long')!
    await expect(zip.read({ ...entry, size: 9000 }, sums)).rejects.toThrow(ZipDamageError)
    await expect(zip.read({ ...entry, size: 10_001 }, sums)).rejects.toThrow(ZipDamageError)
  })

  test('that is packed in another way or lies outside the file is damaged', async () => {
    const zip = await open(await archive({ long: 'a'.repeat(10_000) }))
    const entry = zip.entries.get('long')!
    for (const odd of [{ method: 12 }, { offset: 1e9 }, { packed: 5000 }, { offset: 3 }]) {
      await expect(zip.read({ ...entry, ...odd }, sums)).rejects.toThrow(ZipDamageError)
    }
  })
})
