import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFileSync, statfsSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { downloadKnownWheel } from '../../scripts/lib/index-download.mjs'
import { knownWheels } from '../../scripts/lib/known-wheels.mjs'
import { explainFull, requireSpace } from '../../scripts/lib/space.mjs'
import { temporaryFolder } from './temporary.ts'

const { requirement, file } = knownWheels[0]
const content = Buffer.from('content of a wheel '.repeat(1000))

/** A package index whose files come from `serve`. */
async function indexWith(serve: (request: IncomingMessage, answer: ServerResponse) => void) {
  const server = createServer((request, answer) => {
    if (request.url !== '/simple/tensorflow-cpu/') return serve(request, answer)
    answer.end(JSON.stringify({ files: [{ filename: file, url: '/files/wheel' }] }))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return { PIP_INDEX_URL: `http://127.0.0.1:${port}/simple` }
}

const download = (env: NodeJS.ProcessEnv, folder: string, heard: number[] = []) =>
  downloadKnownWheel(requirement, folder, { env, phase: (done) => heard.push(done) })

describe.runIf(process.arch === 'x64')('a download without pip', () => {
  test('sends user and password of the index as a header and never shows them', async () => {
    const heard: (string | undefined)[] = []
    const env = await indexWith((request, answer) => {
      heard.push(request.headers.authorization)
      answer.writeHead(heard.length === 1 ? 200 : 403).end(content)
    })
    const PIP_INDEX_URL = env.PIP_INDEX_URL.replace('//', '//ada:p%40ss@')
    const wheel = await download({ PIP_INDEX_URL }, temporaryFolder())
    expect(readFileSync(wheel).equals(content)).toBe(true)
    expect(heard).toEqual([`Basic ${Buffer.from('ada:p@ss').toString('base64')}`])
    const refused = await download({ PIP_INDEX_URL }, temporaryFolder()).catch(String)
    expect(refused).toContain('answers with 403')
    expect(refused).not.toMatch(/ada|p%40ss|p@ss/)
  })

  test('goes on where an earlier one was cut off', async () => {
    const asked: (string | undefined)[] = []
    const env = await indexWith((request, answer) => {
      asked.push(request.headers.range)
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
      answer.writeHead(from > 0 ? 206 : 200, { 'content-length': content.length - from })
      if (from > 0) return answer.end(content.subarray(from))
      // The connection breaks once part of it is on its way.
      answer.write(content.subarray(0, 5000), () => setTimeout(() => answer.destroy(), 50))
    })
    const folder = temporaryFolder()
    await expect(download(env, folder)).rejects.toMatchObject({
      remedy: expect.stringContaining('goes on where it stopped'),
    })
    const heard: number[] = []
    const wheel = await download(env, folder, heard)
    expect(readFileSync(wheel).equals(content)).toBe(true)
    expect(asked).toEqual([undefined, 'bytes=5000-'])
    expect(heard.at(-1)).toBe(content.length)
  })

  test('begins anew where the server cannot go on', async () => {
    const env = await indexWith((_request, answer) => answer.end(content))
    const folder = temporaryFolder()
    writeFileSync(join(folder, `${file}.part`), 'rest of something else')
    expect(readFileSync(await download(env, folder)).equals(content)).toBe(true)
  })

  test('tells that the index does not answer, refuses, or has no such wheel', async () => {
    const gone = { PIP_INDEX_URL: 'http://127.0.0.1:9/simple' }
    await expect(download(gone, temporaryFolder())).rejects.toThrow(/could not be reached/)
    const env = await indexWith((_request, answer) => answer.writeHead(503).end())
    await expect(download(env, temporaryFolder())).rejects.toThrow(/answers with 503/)
    const other = downloadKnownWheel('other==1', temporaryFolder(), { env, phase: () => {} })
    await expect(other).rejects.toMatchObject({ remedy: expect.stringContaining('python3-pip') })
  })
})

test('too little space is told before anything is fetched, and a full disk when it is', () => {
  const folder = temporaryFolder()
  expect(() => requireSpace(folder, 1e18)).toThrow(/1000000000.0 GB are needed/)
  expect(() => requireSpace(folder, 1)).not.toThrow()
  // What an earlier try has fetched is not needed again.
  const { bavail, bsize } = statfsSync(folder)
  const downloads = temporaryFolder()
  for (const name of ['a.whl', 'b.whl.part']) {
    writeFileSync(join(downloads, name), '')
    // A hole, which takes no space.
    truncateSync(join(downloads, name), 1.5e12)
  }
  const most = bavail * bsize + 2.5e12
  expect(() => requireSpace(folder, most)).toThrow(/are needed/)
  expect(() => requireSpace(folder, most, downloads)).not.toThrow()
  expect(explainFull(new Error('ENOSPC: no space left'), folder)).toMatchObject({
    message: expect.stringContaining('The disk is full'),
  })
  const other = new Error('other')
  expect(explainFull(other, folder)).toBe(other)
})
