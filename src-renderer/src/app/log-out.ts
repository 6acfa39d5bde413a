import { atHost } from '../api/base-path.ts'
import { appScheme, logOutPath } from '#shared/contract/transport.ts'

/** Whether this page has a session: Electron's window needs none. */
export function canLogOut(page: Pick<Location, 'protocol'> = window.location): boolean {
  return page.protocol !== `${appScheme}:`
}

/** Ends the session of this browser; the reloaded page says how to log in again. */
export async function logOut(): Promise<void> {
  await fetch(atHost(logOutPath), { method: 'POST' })
  window.location.reload()
}
