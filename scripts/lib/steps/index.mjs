import { build } from './build.mjs'
import { nodeRuntime } from './node.mjs'
import { packages } from './packages.mjs'
import { tensorflow } from './tensorflow.mjs'

/** What the command line needs. */
export const commandLineSteps = [packages, nodeRuntime]

/** What training needs beside it. */
export const trainingSteps = [...commandLineSteps, tensorflow]

/** What the window needs. */
export const allSteps = [...trainingSteps, build]
