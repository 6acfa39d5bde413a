import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// Tests start many processes; each takes half the time where Node keeps what it has compiled.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'out', 'compile-cache')

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // TensorFlow and FFmpeg are native: each test file gets a process of its own.
    pool: 'forks',
    maxWorkers: 2,
    // Generous, since other work on the machine may slow a test down ten times.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // By default a second, which a machine with other work may take for anything.
    expect: { poll: { timeout: 30_000 } },
  },
})
