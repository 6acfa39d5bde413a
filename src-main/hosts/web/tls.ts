import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { createSecureContext } from 'node:tls'
import { WorkbenchError } from '../../base/workbench-error.ts'

/** A certificate, with those that sign it, and its key, in PEM. */
export interface TlsFiles {
  cert: Buffer
  key: Buffer
}

/**
 * Reads what `--tls-cert` and `--tls-key` name.
 * @throws WorkbenchError when one is missing, cannot be read or does not fit the other
 */
export async function readTls(cert?: string, key?: string): Promise<TlsFiles | undefined> {
  if (cert === undefined && key === undefined) return undefined
  if (cert === undefined || key === undefined) {
    throw new WorkbenchError('TLS needs both files. Name them with --tls-cert and --tls-key.')
  }
  const files = { cert: await read('certificate', cert), key: await read('key', key) }
  try {
    createSecureContext(files)
  } catch (error) {
    throw new WorkbenchError(
      `The TLS certificate ${cert} and the key ${key} cannot be used (${(error as Error).message}). ` +
        'Name a certificate and its own key, both in PEM and without a passphrase.',
    )
  }
  return files
}

async function read(what: string, path: string): Promise<Buffer> {
  try {
    return await readFile(resolve(path))
  } catch (error) {
    throw new WorkbenchError(
      `The TLS ${what} ${path} cannot be read (${(error as Error).message}). Name a PEM file that you may read.`,
    )
  }
}
