/** What `bin/fame doctor --plan cuda` runs: prints what set-up would fetch, as JSON on the last line. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cudaPlan } from './lib/cuda-plan.mjs'
import { tensorflowVersion } from './lib/tensorflow-library.mjs'

const recorded = join(import.meta.dirname, 'lib', `tensorflow-${tensorflowVersion}-METADATA`)
const plan = await cudaPlan({
  env: process.env,
  recorded: readFileSync(recorded, 'utf8'),
  report: (line) => process.stderr.write(`${line}\n`),
})
process.stdout.write(`${JSON.stringify(plan)}\n`)
