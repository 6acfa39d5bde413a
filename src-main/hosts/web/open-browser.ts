import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Milliseconds after which nobody opens the page any more. */
const patience = 120_000

/**
 * Opens the address in the desktop's browser by way of a page that forwards to it. Arguments of
 * processes can be read by every user of a machine, and the address has the token; the page lies in
 * a folder of the owner alone. The project's folder serves because browsers in a sandbox of their own
 * may read neither temporary nor hidden folders.
 * @returns deletes the page; it goes by itself after two minutes
 */
export async function openInBrowser(
  url: string,
  folder: string,
  open: (address: string) => void = openOnDesktop,
): Promise<() => Promise<void>> {
  const own = await mkdtemp(join(folder, 'open-'))
  const page = join(own, 'fame-workbench.html')
  const remove = (): Promise<void> => {
    clearTimeout(timer)
    return rm(own, { recursive: true, force: true })
  }
  const timer = setTimeout(() => void remove(), patience).unref()
  await writeFile(page, forwardingPage(url), { mode: 0o600, flag: 'wx' })
  open(pathToFileURL(page).href)
  return remove
}

function forwardingPage(url: string): string {
  const address = url.replaceAll('&', '&amp;').replaceAll('"', '&quot;')
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="referrer" content="no-referrer" />
    <meta http-equiv="refresh" content="0; url=${address}" />
    <title>FAME Workbench</title>
  </head>
  <body><p>Opening <a href="${address}">FAME Workbench</a> …</p></body>
</html>
`
}

function openOnDesktop(address: string): void {
  const openers: Partial<Record<NodeJS.Platform, string[]>> = {
    darwin: ['open'],
    win32: ['cmd', '/c', 'start', ''],
  }
  const [command, ...args] = openers[process.platform] ?? ['xdg-open']
  spawn(command, [...args, address], { stdio: 'ignore', detached: true })
    .on('error', () => process.stderr.write('Open the address above in a browser.\n'))
    .unref()
}
