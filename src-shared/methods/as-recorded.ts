import type { Values } from './method.ts'

/** Clips keep their colours and their sharpness. */
export const AS_RECORDED: Values = { grayscale: 0, jitter: 0, blur: 0 }
