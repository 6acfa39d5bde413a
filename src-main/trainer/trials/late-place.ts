/**
 * The place of every batch of a trial: what is random in a step costs the same anywhere. It is late in a
 * run, since methods leave work out as long as queues fill, features are collected and networks are frozen.
 */
export const LATE = { step: 0, steps: 1, batch: 1e6, epoch: 1e6 } as const
