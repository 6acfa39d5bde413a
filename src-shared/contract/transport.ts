/**
 * How a page reaches the host.
 *
 * Browser: a WebSocket at `rpcPath` of the page's own origin; the session cookie authorises it. A
 * POST to `logOutPath` ends the session.
 *
 * Electron (the page's protocol is `app:`): the page posts `portRequest` to its own window; the
 * preload script passes the wish on and posts `portReply` back to the window with one MessagePort
 * as the event's only port. The page starts the port and speaks oRPC over it. A reloaded page asks
 * again and gets a fresh port.
 */
export const rpcPath = '/rpc'
export const logOutPath = '/log-out'
export const portRequest = 'fame-workbench:port-request'
export const portReply = 'fame-workbench:port-reply'

/** Scheme and origin of the page inside Electron. */
export const appScheme = 'app'
export const appOrigin = 'app://workbench'
