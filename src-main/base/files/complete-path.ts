import { opendir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path'
import type { PathCompletion } from '#shared/contract/paths.ts'

/** Suggestions at most. */
const SHOWN = 40
/** Entries of a folder that are looked at; a folder may have millions. */
const READ = 20_000

export interface CompletePathOptions {
  /** Files as well as folders. */
  files: boolean
  /** Rejects for a folder that may not be looked into. */
  allow?: ((folder: string) => Promise<void>) | undefined
}

/**
 * What a path that is being typed may go on to: folders, and files where they are wanted, by name.
 * Hidden ones are left out until a dot is typed. A folder that is not there, cannot be read or is not
 * allowed has none: who types a path passes many such.
 * @param typed `~` is the home folder, as is nothing at all
 */
export async function completePath(
  typed: string,
  { files, allow }: CompletePathOptions,
): Promise<PathCompletion> {
  const { folder, start } = splitPath(typed)
  const none = { folder, entries: [], more: false }
  if (!isAbsolute(folder)) return none
  try {
    await allow?.(folder)
    const names = await matching(folder, start)
    const entries: PathCompletion['entries'] = []
    for (const { name, isFolder } of names) {
      if (!isFolder && !files) continue
      if (entries.length === SHOWN) return { folder, entries, more: true }
      entries.push({ name, path: join(folder, name) + (isFolder ? sep : ''), isFolder })
    }
    return { folder, entries, more: false }
  } catch {
    return none
  }
}

function splitPath(typed: string): { folder: string; start: string } {
  const path = typed.trim()
  const isHome = path === '' || path === '~'
  const whole = isHome || path.startsWith(`~${sep}`) ? homedir() + sep + path.slice(2) : path
  const isFolder = whole.endsWith(sep)
  return {
    folder: isAbsolute(whole) ? resolve(isFolder ? whole : dirname(whole)) : whole,
    start: isFolder ? '' : basename(whole),
  }
}

async function matching(folder: string, start: string) {
  const wanted = start.toLowerCase()
  const found: { name: string; isFolder: boolean }[] = []
  let read = 0
  for await (const entry of await opendir(folder)) {
    if (++read > READ) break
    const { name } = entry
    if (!name.toLowerCase().startsWith(wanted)) continue
    if (name.startsWith('.') && !start.startsWith('.')) continue
    const isFolder = entry.isSymbolicLink()
      ? await leadsToFolder(join(folder, name))
      : entry.isDirectory()
    found.push({ name, isFolder })
  }
  return found.sort((a, b) => Number(b.isFolder) - Number(a.isFolder) || (a.name < b.name ? -1 : 1))
}

const leadsToFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (target) => target.isDirectory(),
    () => false,
  )
