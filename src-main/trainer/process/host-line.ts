import type { FromTrainer, ToTrainer } from './messages.ts'

/** What a trainer and its host, or the program between them, talk over. */
export interface HostLine {
  readonly isOpen: boolean
  /** @param gone called once, when the other end has left */
  listen(hear: (message: ToTrainer) => void, gone: () => void): void
  /** Dropped when the other end is gone. @param sent called when it is on its way, or dropped */
  send(message: FromTrainer, sent?: () => void): void
  close(): void
}

/** Node's own channel to the process that has forked this one. */
export const ipcLine: HostLine = {
  get isOpen() {
    return process.connected
  },
  listen(hear, gone) {
    process.on('message', hear)
    process.on('disconnect', gone)
  },
  send(message, sent = () => undefined) {
    if (process.connected) process.send?.(message, undefined, undefined, () => sent())
    else sent()
  },
  close() {
    if (process.connected) process.disconnect()
  },
}
