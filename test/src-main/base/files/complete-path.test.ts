import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { completePath } from '#main/base/files/complete-path.ts'

const root = mkdtempSync(join(tmpdir(), 'fame-paths-'))
const names = async (typed: string, files = false) =>
  (await completePath(typed, { files })).entries.map(({ name }) => name)

beforeAll(() => {
  for (const folder of ['UCF-101', 'ucfLists', 'other', '.hidden']) mkdirSync(join(root, folder))
  writeFileSync(join(root, 'ucf.json'), '{}')
  symlinkSync(join(root, 'other'), join(root, 'ucf-link'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

it('goes on to folders, links to folders among them, whatever the case', async () => {
  expect(await names(join(root, 'uc'))).toEqual(['UCF-101', 'ucf-link', 'ucfLists'])
  const { entries } = await completePath(join(root, 'UCF'), { files: false })
  expect(entries[0]).toEqual({ name: 'UCF-101', path: `${root}/UCF-101/`, isFolder: true })
})

it('goes on to files where they are wanted, after the folders', async () => {
  expect(await names(join(root, 'ucf'), true)).toEqual([
    'UCF-101',
    'ucf-link',
    'ucfLists',
    'ucf.json',
  ])
})

it('leaves hidden folders out until a dot is typed', async () => {
  expect(await names(`${root}/`)).not.toContain('.hidden')
  expect(await names(`${root}/.h`)).toEqual(['.hidden'])
})

it('takes ~ and nothing for the home folder', async () => {
  for (const typed of ['', '~', '~/']) {
    expect((await completePath(typed, { files: false })).folder).toBe(homedir())
  }
})

it('says that there are more than it lists', async () => {
  const many = join(root, 'other', 'many')
  for (let i = 0; i < 45; i++) mkdirSync(join(many, String(i)), { recursive: true })
  const { entries, more } = await completePath(`${many}/`, { files: false })
  expect([entries.length, more]).toEqual([40, true])
})

it('has nothing for what is not there, is relative or is not allowed', async () => {
  expect(await names(join(root, 'missing', 'x'))).toEqual([])
  expect(await names('relative/x')).toEqual([])
  const allow = () => Promise.reject(new Error('outside'))
  expect((await completePath(`${root}/`, { files: false, allow })).entries).toEqual([])
})
