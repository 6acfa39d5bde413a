import { resolve } from 'node:path'

/**
 * Inputs that name files or folders on the host's machine, by procedure. A host that confines its
 * callers checks them; a test holds the list against the contract.
 */
export const pathInputs: Readonly<Record<string, readonly string[]>> = {
  'datasets.index': ['folder', 'annotations'],
  'datasets.relocate': ['folder'],
  'masks.export': ['out'],
  'masks.import': ['file'],
  'runs.import': ['folder'],
}

/**
 * The absolute paths that a call names.
 * @param input as it came, not validated yet
 * @param exports folder that names of mask files without a folder are in
 */
export function pathsOf(procedure: readonly string[], input: unknown, exports: string): string[] {
  const fields = pathInputs[procedure.join('.')] ?? []
  const values = typeof input === 'object' && input !== null ? Object.entries(input) : []
  const base = procedure[0] === 'masks' ? exports : '.'
  return values
    .filter(([name, value]) => fields.includes(name) && typeof value === 'string')
    .map(([, value]) => resolve(base, String(value).trim()))
}
