import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {string} program inside node_modules
 * @property {string[]} args
 */

/**
 * Types, lint and format, in two lanes of about the same length for two processors. Each keeps in
 * `out/checks` what it has found of files that have not changed since.
 * @param {string} root
 * @returns {Check[][]}
 */
export function checkLanes(root) {
  const folder = join(root, 'out', 'checks')
  mkdirSync(folder, { recursive: true })
  const kept = (/** @type {string} */ name) => join(folder, name)
  const types = (
    /** @type {string} */ name,
    /** @type {string} */ program,
    /** @type {string} */ project,
  ) => ({
    name,
    program,
    args: [
      ...['-p', `tsconfig.${project}.json`, '--incremental'],
      ...['--tsBuildInfoFile', kept(`${project}.tsbuildinfo`)],
    ],
  })
  const byContent = (/** @type {string} */ name) => [
    ...['--cache', '--cache-strategy', 'content', '--cache-location', kept(name)],
  ]
  const tsc = 'typescript/bin/tsc'
  return [
    [
      types('types of the window', 'vue-tsc/bin/vue-tsc.js', 'web'),
      types('types', tsc, 'node'),
      types('types of the preload script', tsc, 'preload'),
    ],
    [
      { name: 'lint', program: 'eslint/bin/eslint.js', args: [...byContent('eslint'), '.'] },
      {
        name: 'format',
        program: 'prettier/bin/prettier.cjs',
        args: ['--check', '--log-level=warn', ...byContent('prettier'), '.'],
      },
    ],
  ]
}

/**
 * Runs lanes side by side, the checks of a lane one after another, and tells each one's outcome in
 * one piece.
 * @param {Check[][]} lanes
 * @param {(check: Check) => Promise<{ ok: boolean, output: string }>} run
 * @param {(line: string) => void} tell
 * @returns {Promise<string[]>} the names of those that failed, in the lanes' order
 */
export async function runChecks(lanes, run, tell) {
  /** @type {Set<string>} */
  const failed = new Set()
  await Promise.all(
    lanes.map(async (lane) => {
      for (const check of lane) {
        const started = Date.now()
        const { ok, output } = await run(check)
        const seconds = ((Date.now() - started) / 1000).toFixed(1)
        tell(`Check of ${check.name}: ${ok ? 'passed' : 'FAILED'} in ${seconds} s`)
        if (!ok) {
          failed.add(check.name)
          tell(output.trimEnd())
        }
      }
    }),
  )
  return lanes.flat().flatMap(({ name }) => (failed.has(name) ? [name] : []))
}
