import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { knownWheels } from './known-wheels.mjs'
import { again, SetupError } from './report.mjs'

/** The index that pip asks by default. */
const usualIndex = 'https://pypi.org/simple'

/** What the simple repository API answers as JSON (packaging.python.org, Simple Repository API). */
const indexFormat = 'application/vnd.pypi.simple.v1+json'

/** A server that sends nothing for so long (milliseconds) is given up. */
const silence = 60_000

/**
 * Downloads a wheel whose SHA-256 is known, where there is no pip. What an earlier try has left is
 * gone on from. The caller holds the file against its SHA-256.
 * @param {string} requirement `tensorflow-cpu==2.21.0`
 * @param {string} folder
 * @param {{ env: NodeJS.ProcessEnv, phase: (done: number, total: number | null) => void }} context
 * @returns {Promise<string>} path of the wheel
 * @throws SetupError
 */
export async function downloadKnownWheel(requirement, folder, { env, phase }) {
  const known = knownWheels.find(
    (each) => each.requirement === requirement && each.arch === process.arch,
  )
  if (!known) throw needsPip(requirement)
  const file = join(folder, known.file)
  if (existsSync(file)) return file
  mkdirSync(folder, { recursive: true })
  try {
    await fetchInto(`${file}.part`, await addressOf(requirement, known.file, env), phase)
  } catch (error) {
    throw error instanceof TypeError || isSilence(error) ? unreachable(requirement, error) : error
  }
  renameSync(`${file}.part`, file)
  return file
}

/**
 * @param {string} requirement
 * @param {string} file
 * @param {NodeJS.ProcessEnv} env `PIP_INDEX_URL` names another index, as for pip
 */
async function addressOf(requirement, file, env) {
  const [name] = requirement.split('==')
  const { address, authorization } = withoutCredentials(env.PIP_INDEX_URL || usualIndex)
  const page = `${address.replace(/\/+$/, '')}/${name}/`
  const answer = await fetch(page, {
    headers: { Accept: indexFormat, ...authorization },
    signal: AbortSignal.timeout(silence),
  })
  if (!answer.ok) throw refused(page, answer.status)
  const { files = [] } = /** @type {{ files?: { filename: string, url: string }[] }} */ (
    await answer.json().catch(() => ({}))
  )
  const found = files.find(({ filename }) => filename === file)
  if (!found) throw needsPip(requirement)
  const wheel = withoutCredentials(new URL(found.url, page).href)
  // A password is for the server of the index only.
  const isSameServer = new URL(wheel.address).origin === new URL(page).origin
  return { ...wheel, authorization: { ...(isSameServer && authorization), ...wheel.authorization } }
}

/**
 * fetch refuses an address with user and password, and no message may show them: they go as a header.
 * @param {string} url
 * @returns {{ address: string, authorization: Record<string, string> }}
 * @throws SetupError where it is no address
 */
function withoutCredentials(url) {
  if (!URL.canParse(url))
    throw new SetupError(
      'PIP_INDEX_URL is no address.',
      'Name an index as https://host/simple, or unset the variable.',
    )
  const parsed = new URL(url)
  const { username, password } = parsed
  if (username === '' && password === '') return { address: url, authorization: {} }
  parsed.username = ''
  parsed.password = ''
  const pair = [username, password].map(decodeURIComponent).join(':')
  const Authorization = `Basic ${Buffer.from(pair).toString('base64')}`
  return { address: parsed.href, authorization: { Authorization } }
}

/**
 * @param {string} part
 * @param {{ address: string, authorization: Record<string, string> }} source
 * @param {(done: number, total: number | null) => void} phase
 */
async function fetchInto(part, { address, authorization }, phase) {
  const had = existsSync(part) ? statSync(part).size : 0
  const stop = new AbortController()
  let patience = setTimeout(() => stop.abort(), silence)
  try {
    const headers = { ...authorization, ...(had > 0 && { Range: `bytes=${had}-` }) }
    const answer = await fetch(address, { headers, signal: stop.signal })
    // What is there is as long as the whole, or longer: the SHA-256 tells what it is worth.
    if (answer.status === 416) return keepWhole(part, answer)
    if (!answer.ok || !answer.body) throw refused(address, answer.status)
    let done = answer.status === 206 ? had : 0
    const rest = Number(answer.headers.get('content-length')) || null
    const total = rest && done + rest
    // Written piece by piece: what has come is there, however it ends.
    const sink = await open(part, done > 0 ? 'a' : 'w')
    try {
      for await (const piece of answer.body) {
        clearTimeout(patience)
        patience = setTimeout(() => stop.abort(), silence)
        await sink.writeFile(piece)
        phase((done += piece.length), total)
      }
    } finally {
      await sink.close()
    }
    if (total !== null && done < total) throw new TypeError('The server ended early.')
  } finally {
    clearTimeout(patience)
  }
}

/**
 * Keeps a part that is as long as the server's file; a longer one is removed, since it is worth nothing.
 * @param {string} part
 * @param {Response} answer
 */
function keepWhole(part, answer) {
  const size = /\/(\d+)$/.exec(answer.headers.get('content-range') ?? '')?.[1]
  if (Number(size) === statSync(part).size) return
  rmSync(part)
  throw new SetupError(
    'What an earlier download has left does not belong to the file of the server. It was removed.',
    `To begin anew, ${again}.`,
  )
}

/** @param {unknown} error */
function isSilence(error) {
  return error instanceof Error && /Abort|Timeout/.test(error.name)
}

/** @param {string} requirement */
function needsPip(requirement) {
  return new SetupError(
    `${requirement} is fetched by pip, which was not found.`,
    `Install it (Debian, Ubuntu: sudo apt-get install python3-pip), then ${again}.`,
  )
}

/**
 * @param {string} address
 * @param {number} status
 */
function refused(address, status) {
  return new SetupError(
    `${address} answers with ${status}.`,
    `Wait a while, or install pip and name another index for it, then ${again}.`,
  )
}

/**
 * @param {string} requirement
 * @param {unknown} error
 */
function unreachable(requirement, error) {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  return new SetupError(
    `The package index could not be reached to fetch ${requirement}.`,
    `Check the network (behind a proxy: set HTTPS_PROXY), then ${again}. The download goes on where it stopped.`,
    cause instanceof Error ? cause.message : String(cause),
  )
}
