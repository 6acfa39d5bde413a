import type { Communicator } from './communicator.ts'
import type { Command } from './channel.ts'
import { RoundedSum, type RoundedSums } from './rounded-sum.ts'
import { SingleCall, type Operation } from './single-call.ts'

/** Starts what a command says. @param memory the one that it names */
export function begin(
  communicator: Communicator,
  rounded: RoundedSums,
  { action, offset, length }: Command,
  memory: SharedArrayBuffer,
): Operation {
  switch (action) {
    case 'sum': {
      const values = new Float32Array(memory, 4 * offset, length)
      return new SingleCall(communicator, (request) => communicator.sum(values, request))
    }
    case 'sumRounded':
      return new RoundedSum(communicator, rounded, new Float32Array(memory, 4 * offset, length))
    case 'gather': {
      const values = new Float32Array(memory, 4 * offset, length)
      const all = new Float32Array(memory, 4 * (offset + length), length * communicator.size)
      return new SingleCall(communicator, (request) => communicator.gather(values, all, request))
    }
    case 'broadcast': {
      const bytes = new Uint8Array(memory, offset, length)
      return new SingleCall(communicator, (request) => communicator.broadcast(bytes, request))
    }
    case 'close':
      return new SingleCall(communicator, (request) => communicator.barrier(request))
  }
}
