import { build } from './build.mjs'
import { kernels } from './kernels.mjs'
import { nodeRuntime } from './node.mjs'
import { packages } from './packages.mjs'
import { registry } from './registry.mjs'
import { tensorflow } from './tensorflow.mjs'

/** What the command line needs. */
export const commandLineSteps = [packages, nodeRuntime]

/** What training needs beside it. */
export const trainingSteps = [...commandLineSteps, tensorflow, kernels, registry]

/** What the page in a browser needs, without training. */
export const pageSteps = [...commandLineSteps, build]

/** What the window needs. Its page is built while TensorFlow is fetched and compiled for. */
export const allSteps = [...commandLineSteps, build, tensorflow, kernels, registry]
