import { connect, type Socket } from 'node:net'
import { deserialize, serialize } from 'node:v8'
import type { HostLine } from './host-line.ts'
import type { ToTrainer } from './messages.ts'

/** Bytes before a message: its length. */
const HEAD = 4

/** Sends a message as bytes behind their number. @param sent called when it is on its way, or lost */
export function sendMessage(socket: Socket, message: unknown, sent = (): void => undefined): void {
  const body = serialize(message)
  const head = Buffer.alloc(HEAD)
  head.writeUInt32LE(body.length)
  if (socket.writable) socket.write(Buffer.concat([head, body]), () => sent())
  else sent()
}

/** Hears the messages that `sendMessage` has sent from the other end. */
export function hearMessages(socket: Socket, hear: (message: unknown) => void): void {
  let waiting = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk])
    while (waiting.length >= HEAD) {
      const end = HEAD + waiting.readUInt32LE()
      if (waiting.length < end) return
      const message: unknown = deserialize(waiting.subarray(HEAD, end))
      waiting = waiting.subarray(end)
      hear(message)
    }
  })
}

/** The line to the program that has started this rank, which listens at a socket of this machine. */
export function socketLine(path: string): HostLine {
  const socket = connect(path)
  // A program that is gone is noticed by the end of the socket.
  socket.on('error', () => undefined)
  return {
    get isOpen() {
      return !socket.closed
    },
    listen(hear, gone) {
      hearMessages(socket, (message) => hear(message as ToTrainer))
      socket.on('close', gone)
    },
    send: (message, sent) => sendMessage(socket, message, sent),
    close: () => void socket.end(),
  }
}
