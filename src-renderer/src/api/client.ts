import { createORPCClient } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import { createTanstackQueryUtils } from '@orpc/tanstack-query'
import type { Contract } from '#shared/contract/contract.ts'
import { openChannelFor } from './channels.ts'
import { Connection } from './connection.ts'

export type WorkbenchClient = ContractRouterClient<Contract>

export const connection = new Connection(openChannelFor(window.location))

/** Everything the host offers, typed by the contract. */
export const client: WorkbenchClient = createORPCClient(connection)

/** The same as queries and mutations. */
export const api = createTanstackQueryUtils(client)
