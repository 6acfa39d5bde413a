import type { MaskOptions } from '#shared/fame/masker.ts'

/** A way of making masks that is held against the truth. */
export interface MaskTrial {
  name: string
  options: MaskOptions
}

/** Each variant with its kinds of ratio, without and with camera compensation. */
export const maskTrials: readonly MaskTrial[] = [
  { name: 'fame 0.5', variant: 'fame', adaptive: false },
  { name: 'fame adaptive', variant: 'fame', adaptive: true },
  { name: 'seed adaptive', variant: 'seed', adaptive: true },
].flatMap(({ name, ...options }) => {
  const settled = { ...options, beta: 0.5 } as MaskOptions
  return [
    { name, options: settled },
    { name: `${name} +camera`, options: { ...settled, compensate: true } },
  ]
})
