import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { WorkbenchError } from '../../base/workbench-error.ts'

/** Characters; fewer could be guessed. */
const shortestToken = 32

/** A token that nobody can guess: 256 bits. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/**
 * The token of a file that outlives the host, made for the owner alone when it is missing.
 * @throws WorkbenchError when others may read it, or it cannot be used.
 */
export async function tokenOf(path: string): Promise<string> {
  const file = resolve(path)
  try {
    const token = newToken()
    await writeFile(file, `${token}\n`, { mode: 0o600, flag: 'wx' })
    return token
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'EEXIST') {
      throw new WorkbenchError(
        `The token file ${file} cannot be written (${message}). Name another with --token-file.`,
      )
    }
  }
  return readToken(file)
}

async function readToken(file: string): Promise<string> {
  const { mode } = await stat(file)
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new WorkbenchError(
      `Other users may read or change the token file ${file}. Run 'chmod 600' on it, or delete it to get a new token.`,
    )
  }
  const token = (await readFile(file, 'utf8')).trim()
  if (new RegExp(`^[\\w.~-]{${shortestToken},256}$`).test(token)) return token
  throw new WorkbenchError(
    `The token file ${file} must have one line of ${shortestToken} to 256 letters, digits or - _ . ~. Delete it to get a new token.`,
  )
}

/** Compares two secrets in a time that tells nothing about either, lengths included. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
