import { crwProtocol, dinoProtocol, type PropagationProtocol } from './label-propagation.ts'

/** The published ways to carry labels on, by the names that settings have. */
export const propagationProtocols = {
  dino: dinoProtocol,
  crw: crwProtocol,
} as const satisfies Record<string, PropagationProtocol>

export type ProtocolName = keyof typeof propagationProtocols

/** Pixels between the cells that labels are carried on. */
export const CELL_STRIDE = 8
