import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { encodeSafetensors } from '#main/trainer/checkpoint/safetensors.ts'
import { bytesOf } from '#main/trainer/checkpoint/byte-source.ts'
import { readTorchFile } from '#main/trainer/weights/torch-file.ts'
import { readAll, readWeights } from './read-all.ts'
import { storedZip } from './stored-zip.ts'
import { WeightsError } from '#main/trainer/weights/weights-error.ts'

/** Written by PyTorch 2.13: see write.py there. */
const fixtures = path.join(import.meta.dirname, '../../../fixtures/weights')
const fixture = (name: string): string => path.join(fixtures, name)
const folder = mkdtempSync(path.join(tmpdir(), 'fame-weights-'))
afterAll(() => rmSync(folder, { recursive: true }))

const table = JSON.parse(readFileSync(fixture('table.json'), 'utf8')) as Record<
  string,
  { shape: number[]; data: number[] }
>

describe('files of torch.save', () => {
  it.each(['table.pth', 'checkpoint.pth.tar'])(
    'gives every weight of %s, whatever its layout',
    async (name) => {
      const place = name === 'table.pth' ? '' : 'state_dict/'
      const state = await readWeights(fixture(name))
      expect([...state.keys()]).toEqual(Object.keys(table).map((each) => place + each))
      for (const [full, { shape, data }] of state) {
        const weight = full.slice(place.length)
        expect(shape, weight).toEqual(table[weight].shape)
        expect([...data], weight).toEqual(table[weight].data.map(Math.fround))
      }
    },
  )

  it.each([
    ['command.pth', "asks to run 'posix.system'"],
    ['legacy.pth', 'PyTorch before 1.6'],
    ['list.pth', 'no table of weights. Save model.state_dict()'],
    ['no-table.pth', 'no table of weights, only epoch'],
  ])('refuses %s and says why', async (name, says) => {
    await expect(readWeights(fixture(name))).rejects.toThrow(WeightsError)
    await expect(readWeights(fixture(name))).rejects.toThrow(says)
  })

  it.each([
    ['with-arguments.pth', Object.keys(table).map((name) => `state_dict/${name}`), []],
    ['module.pth', ['weight', 'bias'], []],
    // Of real training scripts: a table beside a tensor, keys and queries, a NumPy scalar, uint16.
    ['best-accuracy.pth', ['state_dict/stem.0.weight', 'state_dict/fc.weight', 'best_acc1'], []],
    [
      'moco-sequential.pth',
      ['q', 'k'].flatMap((branch) =>
        ['stem.0.weight', 'fc.weight'].map((name) => `state_dict/encoder_${branch}.0.${name}`),
      ),
      [],
    ],
    ['numpy-scalar.pth', ['state_dict/stem.0.weight', 'state_dict/fc.weight'], []],
    ['uint16.pth', ['stem.0.weight', 'fc.weight'], ['ids']],
  ])('gives the weights of %s, whatever stands beside them', async (name, names, unreadable) => {
    const archive = await readTorchFile(bytesOf(readFileSync(fixture(name))))
    expect([...(await readAll(archive)).keys()]).toEqual(names)
    expect([...archive.unreadable.keys()]).toEqual(unreadable)
  })

  it('reads pickles of protocol 0', async () => {
    const pickle = [
      '(dp0\nVa.weight\np1\nctorch._utils\n_rebuild_tensor_v2\np2\n(',
      "P('storage', <class 'torch.FloatStorage'>, '0', 'cpu', 2)\n",
      'I0\n(I2\nt(I1\ntI00\nccollections\nOrderedDict\n(tRtRs',
      "S'it\\'s'\nF0.5\nsVlist\n(lL7L\naNas.",
    ].join('')
    const data = Buffer.from(Float32Array.of(1.5, -2).buffer)
    const zip = storedZip({ 'x/data.pkl': Buffer.from(pickle), 'x/data/0': data })
    const state = await readAll(await readTorchFile(bytesOf(zip)))
    expect([...state].map(([name, tensor]) => [name, [...tensor.data]])).toEqual([
      ['a.weight', [1.5, -2]],
    ])
  })

  it('bears tables that hold themselves and very long lists', async () => {
    const zip = storedZip({ 'x/data.pkl': Buffer.from('(dp0\nVself\ng0\ns.') })
    await expect(readTorchFile(bytesOf(zip))).rejects.toThrow('no table of weights')
    const list = Buffer.concat([Buffer.from(']('), Buffer.alloc(1_000_000, 'N'), Buffer.from('e.')])
    const long = storedZip({ 'x/data.pkl': list })
    await expect(readTorchFile(bytesOf(long))).rejects.toThrow('no table of weights')
    const endless = storedZip({ 'x/data.pkl': Buffer.alloc(5_000_000, 'N') })
    await expect(readTorchFile(bytesOf(endless))).rejects.toThrow('more than 4000000 steps')
  })

  it('refuses what claims more memory than a file of weights needs', async () => {
    const zip = storedZip({ 'x/data.pkl': Buffer.alloc(70 * 2 ** 20) })
    await expect(readTorchFile(bytesOf(zip))).rejects.toThrow('the limit is 67108864')
  })

  it('says so wherever a file is cut off', async () => {
    const whole = readFileSync(fixture('table.pth'))
    for (let length = 4; length < whole.length; length += 61) {
      const cut = bytesOf(whole.subarray(0, length))
      await expect(readTorchFile(cut).then(readAll)).rejects.toThrow(WeightsError)
    }
  })

  it('throws nothing but its own error, whichever byte is wrong', async () => {
    const whole = readFileSync(fixture('table.pth'))
    for (let at = 0; at < whole.length; at += 3) {
      const damaged = Buffer.from(whole)
      damaged[at] ^= 0x5a
      try {
        await readAll(await readTorchFile(bytesOf(damaged)))
      } catch (error) {
        expect(error).toBeInstanceOf(WeightsError)
      }
    }
  })
})

describe('safetensors', () => {
  it('are read with their prefix', async () => {
    const file = path.join(folder, 'a.safetensors')
    const entry = { shape: [2], data: Float32Array.of(1, 2) }
    writeFileSync(file, encodeSafetensors({ tensors: new Map([['a.b', entry]]), metadata: {} }))
    expect([...(await readWeights(file))]).toEqual([['a.b', entry]])
  })

  it('of other floating-point formats are read as float32, integers passed over', async () => {
    const header = JSON.stringify({
      half: { dtype: 'F16', shape: [2], data_offsets: [0, 4] },
      brain: { dtype: 'BF16', shape: [1], data_offsets: [4, 6] },
      count: { dtype: 'I64', shape: [], data_offsets: [6, 14] },
    })
    const length = Buffer.alloc(8)
    length.writeBigUInt64LE(BigInt(header.length))
    const data = Buffer.from([0x00, 0x3e, 0x00, 0xc0, 0x20, 0x3e, 1, 0, 0, 0, 0, 0, 0, 0])
    const file = path.join(folder, 'half.safetensors')
    writeFileSync(file, Buffer.concat([length, Buffer.from(header), data]))
    const values = [...(await readWeights(file))].map(([name, tensor]) => [name, [...tensor.data]])
    expect(values).toEqual([
      ['half', [1.5, -2]],
      ['brain', [0.15625]],
    ])
  })
})

it('says what is wrong with what is no file of weights', async () => {
  const text = path.join(folder, 'notes.txt')
  writeFileSync(text, 'nothing')
  await expect(readWeights(text)).rejects.toThrow(
    `${text} cannot be used: Not a complete safetensors file`,
  )
  const mistaken: [string, string][] = [
    ['', 'it is empty'],
    ['version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n', 'a Git LFS pointer'],
    ['{"metadata":{"total_size":1},"weight_map":{"a":"b.safetensors"}}', 'an index of weights'],
    ['<!DOCTYPE html><html>', 'a web page'],
  ]
  for (const [content, says] of mistaken) {
    writeFileSync(text, content)
    await expect(readWeights(text)).rejects.toThrow(says)
  }
  await expect(readWeights('/dev/zero')).rejects.toThrow('not a regular file')
  await expect(readWeights(path.join(folder, 'none'))).rejects.toThrow('no such file')
  await expect(readWeights(folder)).rejects.toThrow('has no checkpoint')
})
