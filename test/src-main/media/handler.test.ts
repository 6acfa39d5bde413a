import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultSettings } from '#shared/config/evaluation-settings.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { decodePlanes } from '#shared/contract/planes.ts'
import { createMediaHandler, type PictureSource } from '#main/media/handler.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { collect } from '../runs/training-project.ts'
import { tiny, tinyFrame, writeTinySet } from '../hosts/tiny-videos.ts'

const root = mkdtempSync(join(tmpdir(), 'fame-media-'))
const folder = join(root, 'set')
let workbench: Workbench
/** Ids of a whole and of the damaged video. */
let whole: number
let damaged: number

beforeAll(async () => {
  mkdirSync(folder)
  await writeTinySet(folder, 2, 0)
  workbench = await openWorkbench({ project: join(root, 'project'), host: 'cli' })
  await collect(workbench.index({ folder, format: 'ucf101' }))
  const { items } = workbench.project.store.videos.query({})
  whole = items.find((video) => video.error === null)!.id
  damaged = items.find((video) => video.error !== null)!.id
})

afterAll(async () => {
  await workbench.close()
  rmSync(root, { recursive: true, force: true })
})

function ask(address: string, init?: RequestInit): Promise<Response> {
  return workbench.media(new Request(`http://localhost/media/${address}`, init))
}

async function pixels(response: Response) {
  const { data, info } = await sharp(await response.arrayBuffer())
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: info.channels }
}

describe('frames', () => {
  it('are the one asked for, as JPEG at full size', async () => {
    const response = await ask(`frame?videoId=${whole}&index=30`)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
    const { data, width, height } = await pixels(response)
    expect([width, height]).toEqual([tiny.width, tiny.height])
    const expected = tinyFrame(30)
    const error = data.reduce((sum, value, i) => sum + Math.abs(value - expected[i]), 0)
    expect(error / expected.length).toBeLessThan(6)
  })

  it('are scaled to a width', async () => {
    const { width, height } = await pixels(await ask(`frame?videoId=${whole}&index=0&width=32`))
    expect([width, height]).toEqual([32, 24])
  })

  it('name the frame that is shown, and are not kept where a near one would do', async () => {
    const exact = await ask(`frame?videoId=${whole}&index=7`)
    expect(exact.headers.get('x-frame-index')).toBe('7')
    const near = await ask(`frame?videoId=${whole}&index=9&near=1`)
    expect(near.status).toBe(200)
    expect(Number(near.headers.get('x-frame-index'))).toBeLessThan(40)
    expect([near.headers.get('cache-control'), near.headers.get('etag')]).toEqual([
      'no-store',
      null,
    ])
    expect((await ask(`frame?videoId=${whole}&index=9&near=yes`)).status).toBe(400)
  })

  it('end where the video ends', async () => {
    const response = await ask(`frame?videoId=${whole}&index=40`)
    expect(response.status).toBe(422)
    expect(await response.text()).toContain('the video has 40')
  })
})

describe('thumbnails', () => {
  it('come from the video, and of a damaged one comes the reason', async () => {
    expect((await ask(`thumbnail?videoId=${whole}`)).headers.get('content-type')).toBe('image/jpeg')
    const refused = await ask(`thumbnail?videoId=${damaged}`)
    expect(refused.status).toBe(422)
    expect(await refused.text()).toMatch(/not a video/)
  })
})

describe('mask layers', () => {
  it('are PNGs of the size asked for, the mask in black and white at beta', async () => {
    const query = `videoId=${whole}&frames=8&stride=1&size=48&beta=0.25`
    for (const layer of ['soft', 'seed', 'overlay']) {
      const { width, height } = await pixels(await ask(`mask/${layer}?${query}`))
      expect([width, height], layer).toEqual([48, 48])
    }
    const { data, channels } = await pixels(await ask(`mask/mask?${query}`))
    const values = data.filter((_, i) => i % channels === 0)
    expect(new Set(values)).toEqual(new Set([0, 255]))
    expect(values.filter((value) => value === 255).length).toBe(Math.floor(0.25 * 48 * 48))
  })

  it('need a video that is long enough', async () => {
    const response = await ask(`mask/mask?videoId=${whole}&start=20&frames=16&stride=2`)
    expect(response.status).toBe(422)
    expect(await response.text()).toBe(
      'Expected 16 frames at stride 2 from frame 20 (31 frames), the video has 40. ' +
        'Choose a start up to 9.',
    )
  })
})

describe('requests that cannot be read', () => {
  it.each([
    'frame?index=0',
    'frame?videoId=1',
    'frame?videoId=1&index=',
    'frame?videoId=1&index=-1',
    'frame?videoId=1&index=1.5',
    'frame?videoId=1&index=0&width=5000',
    'frame?videoId=../etc/passwd&index=0',
    'thumbnail?videoId=abc',
    'mask/mask?videoId=1&beta=2',
    'mask/mask?videoId=1&variant=all',
  ])('are refused with the field that is wrong: %s', async (address) => {
    const response = await ask(address)
    expect(response.status).toBe(400)
    expect(await response.text()).toMatch(/videoId|index|width|beta|variant/)
  })

  it.each(['', 'frames', 'mask', 'mask/all?videoId=1', 'mask/../frame?x=1'])(
    'are not found or not understood: %j',
    async (address) => {
      expect([400, 404]).toContain((await ask(address)).status)
    },
  )

  it('are refused for videos that are not indexed', async () => {
    const response = await ask('thumbnail?videoId=999')
    expect(response.status).toBe(404)
    expect(await response.text()).toContain('no video 999')
  })

  it('are refused when they are no GET', async () => {
    expect((await ask(`thumbnail?videoId=${whole}`, { method: 'DELETE' })).status).toBe(405)
  })
})

describe('planes', () => {
  it('are those of the whole frame, its short side as asked', async () => {
    const response = await ask(`planes?videoId=${whole}&start=2&frames=4&stride=3&size=24`)
    expect(response.headers.get('content-type')).toBe('application/octet-stream')
    const planes = decodePlanes(await response.arrayBuffer())
    expect(planes).toMatchObject({ height: 24, width: 32, indices: [2, 5, 8, 11] })
    expect(planes).toMatchObject({ videoHeight: 48, videoWidth: 64, compensated: false })
    expect([planes.energy.length, planes.soft.length]).toEqual([3, 24 * 32])
    expect(Math.min(...planes.energy)).toBeGreaterThan(0)
  })

  it('are refused for a clip that leaves the video, with both lengths', async () => {
    const response = await ask(`planes?videoId=${whole}&start=20&frames=16&stride=2`)
    expect(response.status).toBe(422)
    expect(await response.text()).toContain(
      '(31 frames), the video has 40. Choose a start up to 9.',
    )
    expect((await ask(`planes?videoId=${whole}&size=1000`)).status).toBe(400)
  })
})

describe('pictures of evaluations', () => {
  it('are the files in their folders, and nothing else is', async () => {
    const { store } = workbench.project
    const [{ id: datasetId }] = store.datasets.list()
    const { id } = store.evaluations.add({
      runId: null,
      runName: 'random',
      datasetId,
      protocol: 'linear' as const,
      settings: defaultSettings('linear'),
      config: completeConfig({}),
    })
    const own = workbench.project.evaluationFolder(id)
    mkdirSync(own, { recursive: true })
    const bytes = Buffer.from('a picture')
    writeFileSync(join(own, 'clip-3-same-class.png'), bytes)
    writeFileSync(join(own, 'secret.json'), '{}')
    const response = await ask(`evaluation/${id}/clip-3-same-class.png`)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png'])
    expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes)
    for (const [address, reason] of [
      [`evaluation/${id}/clip-4.png`, 'has no picture clip-4.png'],
      [`evaluation/${id + 1}/clip-3-same-class.png`, `no evaluation ${id + 1}`],
      [`evaluation/${id}/secret.json`, 'There is no such picture'],
      [`evaluation/${id}/..%2Fsecret.png`, 'There is no such picture'],
    ]) {
      const refused = await ask(address)
      expect([address, refused.status]).toEqual([address, 404])
      expect(await refused.text()).toContain(reason)
    }
  })
})

describe('caches', () => {
  it('are told by a tag that follows the file and the query', async () => {
    const address = `thumbnail?videoId=${whole}`
    const tag = (await ask(address)).headers.get('etag')!
    const again = await ask(address, { headers: { 'if-none-match': tag } })
    expect([again.status, await again.text()]).toEqual([304, ''])
    const other = await ask(`frame?videoId=${whole}&index=1`)
    expect(other.headers.get('etag')).not.toBe(tag)

    const { path } = workbench.project.store.videos.get(whole)
    utimesSync(join(folder, path), 1, 1)
    const changed = await ask(address, { headers: { 'if-none-match': tag } })
    expect(changed.status).toBe(200)
  })

  it('answer for HEAD without a body', async () => {
    const response = await ask(`thumbnail?videoId=${whole}`, { method: 'HEAD' })
    expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([200, 0])
  })
})

it('gives up a picture when the one who asked has gone', async () => {
  let given: AbortSignal | undefined
  const source: PictureSource = {
    videoFile: () => join(folder, workbench.project.store.videos.get(whole).path),
    frame: (_file, _request, signal) => {
      given = signal
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error))
        gone.abort()
      })
    },
    thumbnail: () => Promise.reject(new Error('not asked for')),
    mask: () => Promise.reject(new Error('not asked for')),
    planes: () => Promise.reject(new Error('not asked for')),
    flow: () => Promise.reject(new Error('not asked for')),
    stripFile: () => '',
    madeFile: () => '',
    strip: () => Promise.reject(new Error('not asked for')),
    evaluationFile: () => '',
    view: () => ({ file: '', png: new Uint8Array() }),
  }
  const gone = new AbortController()
  const request = new Request('http://localhost/media/frame?videoId=1&index=0', {
    signal: gone.signal,
  })
  expect((await createMediaHandler(source)(request)).status).toBe(499)
  expect(given?.aborted).toBe(true)
})
