import { once } from 'node:events'
import { parentPort, workerData } from 'node:worker_threads'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import { WebSocket } from 'ws'
import type { Contract } from '#shared/contract/contract.ts'
import { packedSerializers } from '#shared/contract/packed.ts'
import { rpcPath } from '#shared/contract/transport.ts'
import { operations } from './operations.ts'

/** Does each operation that it is told over a real connection, as a page would. */
const { url } = workerData as { url: string }
const { headers } = await fetch(url, { redirect: 'manual' })
const cookie = headers.getSetCookie()[0].split(';')[0]
const websocket = new WebSocket(`ws://${new URL(url).host}${rpcPath}`, { headers: { cookie } })
await once(websocket, 'open')
const client: ContractRouterClient<Contract> = createORPCClient(
  new RPCLink({ websocket, customJsonSerializers: packedSerializers() }),
)

async function answer(name: string): Promise<void> {
  const error = await operations[name](client).then(
    () => null,
    (reason: unknown) => String(reason),
  )
  parentPort!.postMessage(error)
}

parentPort!.on('message', (name: string) => void answer(name))
parentPort!.postMessage(null)
