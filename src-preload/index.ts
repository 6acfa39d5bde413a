import { ipcRenderer } from 'electron'
import { portReply, portRequest } from '#shared/contract/transport.ts'

/**
 * Runs in the sandboxed page's isolated world. It passes the page's wish for a connection on to
 * the host and hands the port over; it exposes no function and no object to the page.
 */
window.addEventListener('message', (event) => {
  if (event.source === window && event.data === portRequest) ipcRenderer.send(portRequest)
})

ipcRenderer.on(portReply, (event) => {
  window.postMessage(portReply, window.location.origin, event.ports)
})
