import { globSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
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
const tagged = globSync('test/**/*.test.ts', { cwd: root }).filter((file) => isTagged(file))
const slowFiles = isFast ? tagged : []
const tensorflow = tagged.filter((file) => isTagged(file, 'tensorflow'))

/** No module of these starts anything or changes what another file of tests sees. */
const plain = ['test/src-shared/**/*.test.ts', 'test/src-renderer/**/*.test.ts']
/**
 * Files that count what their process holds, replace modules of Node, load TensorFlow with other
 * settings, or take gigabytes: each gets a process of its own, as those do that start whole hosts.
 */
const own = [
  ...['e2e', 'scripts', 'src-main/hosts'].map((folder) => `test/${folder}/**/*.test.ts`),
  ...[
    'base/files/zip',
    'base/processes/thread-flags',
    'masks/formats/fuzz',
    'masks/reading/read-in-worker',
    'project-of-0.1',
    'runs/process/trainer-process',
    'store/stranded',
    'trainer/encoders/golden',
    'trainer/engine/{kernel-use,load,processor}',
    'trainer/starter/starter',
    'trainer/training/training',
  ].map((name) => `test/src-main/${name}.test.ts`),
  'test/*.test.ts',
]
/** Mount components; each of these files says that it needs a page. */
const components = ['test/src-renderer/page/**/*.test.ts']

function isTagged(file: string, tag = '\\w+'): boolean {
  return new RegExp(`^// @module-tag ${tag}$`, 'm').test(readFileSync(join(root, file), 'utf8'))
}

/**
 * Files that follow one another in the same few processes, which have loaded what they need. What
 * a file has stubbed is restored after it.
 */
function following(
  name: string,
  include: string[],
  exclude: string[],
): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: {
      name,
      include,
      exclude: [...own, ...exclude, ...slowFiles],
      isolate: false,
      setupFiles: ['test/restore-process.ts'],
    },
  }
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
          name: 'isolated',
          include: own,
          exclude: [...configDefaults.exclude, ...slowFiles],
        },
      },
      // TensorFlow's library exports LLVM's symbols, so nothing else shares a process with it.
      following('tensorflow', tensorflow, []),
      following('main', ['test/src-main/**/*.test.ts'], tensorflow),
    ],
  },
})
