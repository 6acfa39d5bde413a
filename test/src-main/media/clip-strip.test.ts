import { mkdirSync, mkdtempSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import type { ClipStrip } from '#shared/contract/clip-strip.ts'
import { clipStripFile, writeClipStrip } from '#main/store/clip-strip-file.ts'
import { addMethodPictures } from '#main/store/method-pictures-file.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { trainingProject } from '../runs/training-project.ts'

const root = mkdtempSync(join(tmpdir(), 'fame-strip-media-'))
let workbench: Workbench
let runId: number
let folder: string

beforeAll(async () => {
  trainingProject(root).close()
  workbench = await openWorkbench({ project: join(root, 'project'), host: 'cli' })
  const { store } = workbench.project
  const [{ id: datasetId }] = store.datasets.list()
  const config = completeConfig({})
  runId = store.runs.add({ name: 'seen', config, datasetId, totalSteps: 1 }).id
  folder = workbench.project.runFolder(runId)
  mkdirSync(folder, { recursive: true })
})
afterAll(async () => {
  await workbench.close()
  rmSync(root, { recursive: true, force: true })
})

const strip: ClipStrip = {
  step: 3,
  side: 16,
  frames: 2,
  rows: ['query', 'key'],
  clips: [{ video: 'a.avi', background: null }],
}

/** Query frames red, key frames blue. */
function raster(): Uint8Array {
  const pixels = new Uint8Array(32 * 32 * 3)
  for (let i = 0; i < 32 * 32; i++) pixels[3 * i + (i < 16 * 32 ? 0 : 2)] = 255
  return pixels
}

const ask = (query: string, init?: RequestInit): Promise<Response> =>
  workbench.media(new Request(`http://localhost/media/strip?${query}`, init))

it('says that a run has shown nothing yet, and that there is no such run', async () => {
  expect(await workbench.runs.clipStrip(runId)).toBeNull()
  const response = await ask(`runId=${runId}&step=1`)
  expect([response.status, await response.text()]).toEqual([
    404,
    expect.stringContaining('not shown any clips yet'),
  ])
  expect((await ask('runId=999&step=1')).status).toBe(404)
  expect((await ask(`runId=${runId}`)).status).toBe(400)
})

it('gives the newest strip as WebP, again only when it has changed', async () => {
  await writeClipStrip(folder, { strip, pixels: raster() })
  expect(await workbench.runs.clipStrip(runId)).toEqual(strip)
  const response = await ask(`runId=${runId}&step=3`)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/webp'])
  const { data, info } = await sharp(await response.arrayBuffer())
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  expect([info.width, info.height]).toEqual([32, 32])
  const [red, , blue] = [0, 1, 2].map((channel) => data[(4 * 32 + 4) * 3 + channel])
  expect([red > 230, blue < 25]).toEqual([true, true])
  expect(data[(28 * 32 + 4) * 3 + 2]).toBeGreaterThan(230)
  const headers = { 'if-none-match': response.headers.get('etag')! }
  expect((await ask(`runId=${runId}&step=3`, { headers })).status).toBe(304)
})

it('says so when the file is damaged', async () => {
  truncateSync(clipStripFile(folder), 100)
  const response = await ask(`runId=${runId}&step=4`)
  expect([response.status, await response.text()]).toEqual([
    422,
    expect.stringContaining('cannot be read'),
  ])
})

it('serves what the method made after a step, and says where there is nothing of one', async () => {
  const made = { step: 4, side: 1, frames: 1, rows: [{ name: 'sample', frames: 1 }] }
  const png = await sharp(Buffer.of(1, 2, 3), { raw: { width: 1, height: 1, channels: 3 } })
    .png()
    .toBuffer()
  expect(await workbench.runs.pictures(runId)).toEqual([])
  const list = await addMethodPictures(folder, [], { ...made, clips: [{ video: null }] }, png)
  expect(await workbench.runs.pictures(runId)).toEqual(list)
  const get = (query: string): Promise<Response> =>
    workbench.media(new Request(`http://localhost/media/made?${query}`))
  const response = await get(`runId=${runId}&step=4`)
  expect(response.headers.get('content-type')).toBe('image/png')
  expect(Buffer.from(await response.arrayBuffer())).toEqual(png)
  const missing = await get(`runId=${runId}&step=5`)
  expect([missing.status, await missing.text()]).toEqual([
    404,
    expect.stringContaining('no pictures of step 5'),
  ])
})
