import type { Values } from '#shared/methods/method.ts'

/**
 * What the demo changes of the small recipe, the same on every machine. No k-NN curve: its videos
 * have the backgrounds of training, which reward the shortcut.
 */
export const demoDesign: Values = { knnEvery: 0 }

/** 4 clips of 16 frames' span cover the 64 frames of a sample video. */
export const CLIPS = 4
