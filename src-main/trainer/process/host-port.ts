import type { FromTrainer, ToTrainer, TrainerJob } from './messages.ts'
import type { TrainerPort } from './trainer-port.ts'

/** The trainer's end of the channel to its host. */
export class HostPort implements TrainerPort {
  private stop = false
  private leave = (): void => undefined

  constructor() {
    // The terminal sends Ctrl+C to the whole process group; the host decides what it means.
    process.on('SIGINT', () => {})
    // A scheduler or a machine that shuts down may ask every process by itself.
    process.on('SIGTERM', () => this.askToStop())
    process.on('disconnect', () => this.askToStop())
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
      process.on('message', (message: ToTrainer) => {
        if (message.type === 'stop') this.askToStop()
        else resolve(message.job)
      })
      this.leave = () => resolve(null)
      if (this.stop) this.leave()
      this.send({ type: 'ready' })
    })
  }

  askToStop(): void {
    this.stop = true
    this.leave()
  }

  /** Messages to a host that is gone are dropped. */
  send(message: FromTrainer): void {
    if (process.connected) process.send?.(message, undefined, undefined, () => {})
  }

  async breathe(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
  }

  /** Sends the last message, waits until it is out, and lets the process end. */
  async close(last: FromTrainer): Promise<void> {
    if (!process.connected) return
    await new Promise<void>((resolve) => {
      process.send?.(last, undefined, undefined, () => resolve())
    })
    if (process.connected) process.disconnect()
  }
}
