/** Names in a path. How long each may be is for the disk to say. */
const MOST_NAMES = 32

/**
 * The names in an address below `prefix`, decoded; null where one leads elsewhere or is no name of a
 * file: empty, `.`, `..`, or with a slash, a backslash or a zero in it.
 */
export function segmentsOf(pathname: string, prefix: string): string[] | null {
  if (!pathname.startsWith(`${prefix}/`)) return null
  const names = pathname.slice(prefix.length + 1).split('/')
  try {
    const decoded = names.map(decodeURIComponent)
    return decoded.length <= MOST_NAMES && decoded.every(isName) ? decoded : null
  } catch {
    return null
  }
}

function isName(name: string): boolean {
  return !/^\.{0,2}$|[/\\\0]/.test(name)
}
