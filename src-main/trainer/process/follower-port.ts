import type { TrainerPort } from './trainer-port.ts'

/**
 * The port of a rank that has no host: nobody hears it, and rank 0 alone decides when all stop. It
 * ignores signals, which reach all processes of a terminal or of a machine that shuts down.
 */
export class FollowerPort implements TrainerPort {
  readonly stopRequested = false

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGUSR2']) process.on(signal, () => {})
  }

  send(): void {
    // There is no host.
  }

  async breathe(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
  }
}
