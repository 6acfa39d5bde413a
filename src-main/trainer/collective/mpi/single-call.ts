import type { Communicator } from './communicator.ts'

/** What is under way; `advance` moves it on and says whether it is done. */
export interface Operation {
  advance(): boolean
}

/** One call of MPI that goes on by itself. */
export class SingleCall implements Operation {
  private readonly communicator: Communicator
  private readonly request: bigint

  /** @param begin starts the call with the request's address */
  constructor(communicator: Communicator, begin: (request: bigint) => void) {
    this.communicator = communicator
    this.request = communicator.requests.take()
    begin(this.request)
  }

  advance(): boolean {
    if (!this.communicator.test(this.request)) return false
    this.communicator.requests.give(this.request)
    return true
  }
}
