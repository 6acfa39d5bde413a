import { ipcLine, type HostLine } from './host-line.ts'
import type { FromTrainer, TrainerJob } from './messages.ts'
import type { TrainerPort } from './trainer-port.ts'

/** The trainer's end of the channel to its host. */
export class HostPort implements TrainerPort {
  private readonly line: HostLine
  private stop = false
  private leave = (): void => undefined

  constructor(line: HostLine = ipcLine) {
    this.line = line
    // The terminal sends Ctrl+C to the whole process group; the host decides what it means.
    process.on('SIGINT', () => {})
    // A scheduler or a machine that shuts down may ask every process by itself.
    process.on('SIGTERM', () => this.askToStop())
  }

  /** Whether the host or a SIGTERM asked to stop, or the host is gone: save and end. */
  get stopRequested(): boolean {
    return this.stop
  }

  /**
   * Says that the process is up, and waits for its job; null when it is to stop, or its host is
   * gone, before it has one.
   */
  receiveJob(): Promise<TrainerJob | null> {
    return new Promise((resolve) => {
      this.line.listen(
        (message) => {
          if (message.type === 'stop') this.askToStop()
          else resolve(message.job)
        },
        () => this.askToStop(),
      )
      this.leave = () => resolve(null)
      if (this.stop) this.leave()
      this.send({ type: 'ready', pid: process.pid })
    })
  }

  askToStop(): void {
    this.stop = true
    this.leave()
  }

  /** Messages to a host that is gone are dropped. */
  send(message: FromTrainer): void {
    this.line.send(message)
  }

  async breathe(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
  }

  /** Sends the last message, waits until it is out, and lets the process end. */
  async close(last: FromTrainer): Promise<void> {
    if (!this.line.isOpen) return
    await new Promise<void>((resolve) => this.line.send(last, resolve))
    this.line.close()
  }
}
