import { HostPort } from '#main/trainer/process/host-port.ts'
import type { FromTrainer } from '#main/trainer/process/messages.ts'

/** A host that notes what it is told, and asks to stop once something is said. */
export class Listener extends HostPort {
  readonly messages: FromTrainer[] = []
  private readonly stopAt: (message: FromTrainer) => boolean

  constructor(stopAt: (message: FromTrainer) => boolean = () => false) {
    super()
    this.stopAt = stopAt
  }

  override send(message: FromTrainer): void {
    this.messages.push(message)
  }

  override get stopRequested(): boolean {
    return this.messages.some(this.stopAt)
  }

  /** The first message of a kind. @throws Error when there is none */
  first<Type extends FromTrainer['type']>(type: Type): Extract<FromTrainer, { type: Type }> {
    const found = this.messages.find((message) => message.type === type)
    if (!found) throw new Error(`No ${type} was told: ${JSON.stringify(this.messages.at(-1))}`)
    return found as Extract<FromTrainer, { type: Type }>
  }
}
