import { globSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { configDefaults, defineConfig } from 'vitest/config'
import { LongestFirst } from './test/longest-first.ts'

const root = import.meta.dirname

// Tests start many processes; each takes half the time where Node keeps what it has compiled.
process.env.NODE_COMPILE_CACHE ??= join(root, 'out', 'compile-cache')

/** What makes a test slow: it has the tag, or its whole file has, by `// @module-tag NAME`. */
const tags = [
  { name: 'tensorflow', description: 'loads TensorFlow, here or in a process of its own' },
  { name: 'browser', description: 'opens a Chromium or an Electron window' },
  { name: 'fuzz', description: 'reads thousands of damaged files' },
]

/** `npm run test:fast` sets it: tests with one of the tags are left out. */
const isFast = process.env.FAME_TESTS === 'fast'
const slowFiles = isFast ? globSync('test/**/*.test.ts', { cwd: root }).filter(isTagged) : []

/** No module of these starts anything or changes what another file of tests sees. */
const plain = ['test/src-shared/**/*.test.ts', 'test/src-renderer/**/*.test.ts']
/** Mount components; each of these files says that it needs a page. */
const components = ['test/src-renderer/page/**/*.test.ts']

function isTagged(file: string): boolean {
  return /^\/\/ @module-tag /m.test(readFileSync(join(root, file), 'utf8'))
}

export default defineConfig({
  test: {
    tags,
    ...(isFast && { tagsFilter: tags.map(({ name }) => `!${name}`) }),
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    // One more than processors: tests wait for browsers, disks and processes that they have started.
    maxWorkers: Math.min(6, availableParallelism() + 1),
    // Generous, since other work on the machine may slow a test down ten times.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // By default a second, which a machine with other work may take for anything.
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'plain',
          include: plain,
          exclude: [...components, ...slowFiles],
          isolate: false,
        },
      },
      {
        extends: true,
        plugins: [vue()],
        test: { name: 'components', include: components, exclude: slowFiles },
      },
      {
        extends: true,
        test: {
          // TensorFlow and FFmpeg are native: each test file gets a process of its own.
          name: 'isolated',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...plain, ...slowFiles],
        },
      },
    ],
  },
})
