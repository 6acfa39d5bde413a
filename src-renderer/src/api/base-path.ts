/**
 * The folder that a page was loaded from, without a slash at its end: empty, unless a proxy serves the
 * workbench below a base path.
 */
export function basePathOf({ pathname }: Pick<Location, 'pathname'>): string {
  return pathname.startsWith('/') ? pathname.replace(/\/[^/]*$/, '') : ''
}

/** Address of one of the host's paths, for this page. */
export function atHost(path: string): string {
  return basePathOf(window.location) + path
}
