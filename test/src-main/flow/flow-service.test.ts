import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JobEvent } from '#shared/contract/videos.ts'
import { unpacked } from '#shared/flow/bytes.ts'
import { FLOW_SIZE } from '#shared/flow/flow-size.ts'
import { PIECE_PAIRS, splitPiece } from '#shared/flow/piece.ts'
import { flowAhead } from '#main/flow/ahead.ts'
import { pieceName } from '#main/flow/flow-cache.ts'
import { readPiece } from '#main/flow/flow-piece.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { tiny, writeTinySet } from '../hosts/tiny-videos.ts'
import { collect } from '../runs/training-project.ts'

const root = mkdtempSync(join(tmpdir(), 'fame-flow-'))
const folder = join(root, 'set')
const options = { algorithm: 'farneback', size: FLOW_SIZE } as const
/** Frames of each of the set's videos. */
const FRAMES = 40
let workbench: Workbench
let whole: number

beforeAll(async () => {
  mkdirSync(folder)
  await writeTinySet(folder, 3, 0)
  workbench = await openWorkbench({ project: join(root, 'project'), host: 'cli' })
  await collect(workbench.index({ folder, format: 'ucf101' }))
  whole = workbench.project.store.videos.query({ damaged: false }).items[0].id
})

afterAll(async () => {
  await workbench.close()
  rmSync(root, { recursive: true, force: true })
})

function kept(): string[] {
  const files = readdirSync(workbench.project.flowFolder, {
    recursive: true,
    encoding: 'utf8',
  })
  return files.filter((name) => name.endsWith('.flow')).sort()
}

const inodeOf = (name: string): number => statSync(join(workbench.project.flowFolder, name)).ino

const doneOf = (events: readonly JobEvent[]) => events.find((event) => event.type === 'done')

describe('a piece of flow', () => {
  it('has the motion of the video, and as many pairs as there are', async () => {
    const first = readPiece(await workbench.flow.piece(whole, { ...options, piece: 0 }))
    const { width, height } = tiny
    expect(first).toMatchObject({ width, height, from: 0, pairs: PIECE_PAIRS })
    // The square of 16 px moves a pixel to the right in every frame.
    const frame = 10
    const pixel = 24 * width + (4 + frame + 8)
    const at = frame * 2 * width * height + pixel
    expect(unpacked(first.fields[at])).toBeGreaterThan(0.4)
    expect(Math.abs(unpacked(first.fields[at + width * height]))).toBeLessThan(0.3)
    const last = readPiece(await workbench.flow.piece(whole, { ...options, piece: 1 }))
    expect(last).toMatchObject({ from: PIECE_PAIRS, pairs: FRAMES - 1 - PIECE_PAIRS })
  })

  it('comes from disk once it is computed', async () => {
    const ask = async () =>
      new Uint8Array(await workbench.flow.piece(whole, { ...options, piece: 0 }))
    const before = await ask()
    const file = kept().find((name) => name.endsWith('-0.flow'))!
    // Whatever lies under its name is taken for it.
    const path = join(workbench.project.flowFolder, file)
    writeFileSync(path, before.subarray(0, 16))
    expect(await ask()).toHaveLength(16)
    rmSync(path)
    expect(await ask()).toEqual(before)
  })

  it('is refused behind the end of the video', async () => {
    const behind = workbench.flow.piece(whole, { ...options, piece: 2 })
    await expect(behind).rejects.toThrow('The video has no two frames from frame 64 on.')
  })

  it('is answered as bytes by the picture handler', async () => {
    const query = `videoId=${whole}&piece=0&algorithm=farneback&size=${FLOW_SIZE}`
    const response = await workbench.media(new Request(`http://localhost/media/flow?${query}`))
    expect(response.status).toBe(200)
    const { header } = splitPiece(new Uint8Array(await response.arrayBuffer()))
    expect(header.pairs).toBe(PIECE_PAIRS)
    const unknown = await workbench.media(
      new Request(`http://localhost/media/flow?videoId=${whole}&piece=0&algorithm=magic`),
    )
    expect(unknown.status).toBe(400)
  })

  it('has a name that follows content, algorithm and size, and not the place of the file', () => {
    const path = join(root, 'a.avi')
    const copy = join(root, 'b.avi')
    writeFileSync(path, 'a video')
    copyFileSync(path, copy)
    const request = { ...options, piece: 3 }
    const name = pieceName({ path, hash: 'abc' }, request)
    expect(pieceName({ path: copy, hash: 'abc' }, request)).toBe(name)
    const others = [
      pieceName({ path, hash: 'abd' }, request),
      pieceName({ path, hash: 'abc' }, { ...request, piece: 4 }),
      pieceName({ path, hash: 'abc' }, { ...request, size: 64 }),
      pieceName({ path, hash: 'abc' }, { ...request, algorithm: 'tvl1' }),
      pieceName({ path, hash: null }, request),
      pieceName({ path: copy, hash: null }, request),
    ]
    expect(new Set([name, ...others]).size).toBe(7)
    appendFileSync(path, ' that has changed')
    expect(pieceName({ path, hash: 'abc' }, request)).not.toBe(name)
  })
})

describe('flow ahead', () => {
  it('computes the pieces of all readable videos, and goes on from what there is', async () => {
    const events = await collect(workbench.flow.ahead({}))
    expect(doneOf(events)).toMatchObject({ total: 3, errors: 0 })
    // Two pieces each; the three videos have the same content, so they share them.
    expect(kept()).toHaveLength(2)
    expect(events.some((event) => event.type === 'progress' && event.secondsLeft !== null)).toBe(
      true,
    )
    const changed = kept().map(inodeOf)
    await collect(workbench.flow.ahead({}))
    expect(kept().map(inodeOf)).toEqual(changed)
  })

  it('ends early when it is cancelled', async () => {
    const cancel = new AbortController()
    const events: JobEvent[] = []
    for await (const event of workbench.flow.ahead({ algorithm: 'tvl1' }, cancel.signal)) {
      events.push(event)
      cancel.abort()
    }
    expect(doneOf(events)).toBeUndefined()
    expect(kept()).toHaveLength(2)
  })

  it('loses one video to a fault and not the others', async () => {
    const { videos } = workbench.project.store
    const [, second] = videos.query({ damaged: false }).items
    const asked: number[] = []
    const events = await collect(
      flowAhead(options, {
        videos,
        parallel: 2,
        signal: new AbortController().signal,
        piece: async (videoId) => {
          if (videoId === second.id) throw new Error('its frames cannot be decoded')
          asked.push(videoId)
        },
      }),
    )
    expect(doneOf(events)).toMatchObject({ total: 3, errors: 1 })
    expect(asked).toHaveLength(4)
    expect(events.filter((event) => event.type === 'warning')).toEqual([
      { type: 'warning', message: `${second.path}: its frames cannot be decoded` },
    ])
  })
})
