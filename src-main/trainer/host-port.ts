import type { FromTrainer, ToTrainer, TrainerJob } from './protocol.ts'

/** The trainer's end of the channel to its host. */
export class HostPort {
  private stop = false

  constructor() {
    // The terminal sends Ctrl+C to the whole process group; the host decides what it means.
    process.on('SIGINT', () => {})
    process.on('disconnect', () => {
      this.stop = true
    })
  }

  /** Whether the host asked to stop, or is gone: save and end. */
  get stopRequested(): boolean {
    return this.stop
  }

  /**
   * Says that the process is up, and waits for its job; null when the host asks to stop before it
   * has sent one. @throws Error when the host is gone.
   */
  receiveJob(): Promise<TrainerJob | null> {
    return new Promise((resolve, reject) => {
      process.on('message', (message: ToTrainer) => {
        if (message.type === 'start') return resolve(message.job)
        this.stop = true
        resolve(null)
      })
      process.once('disconnect', () => reject(new Error('The host ended before it sent a job')))
      this.send({ type: 'ready' })
    })
  }

  /** Messages to a host that is gone are dropped. */
  send(message: FromTrainer): void {
    if (process.connected) process.send?.(message, undefined, undefined, () => {})
  }

  /** Lets messages from the host arrive: TensorFlow's calls do not yield. */
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
