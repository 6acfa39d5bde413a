import { describe, expect, it, vi } from 'vitest'
import { architecture, chooseKernels } from '#main/trainer/engine/processor.mjs'
import {
  buildHarness,
  checkWarnings,
  hasHeaders,
  hasProgram,
  hasSanitizers,
  runHarness,
} from './build.ts'

// In a fresh clone, each of them compiles every kernel.
vi.setConfig({ testTimeout: 900_000 })

const onX64 = process.platform === 'linux' && process.arch === 'x64'
const cross = 'aarch64-linux-gnu-g++'
const emulator = ['qemu-aarch64-static', 'qemu-aarch64'].find(hasProgram)

describe.runIf(hasHeaders && chooseKernels().set !== null)(
  'the kernels, without TensorFlow',
  () => {
    it.runIf(hasSanitizers('g++'))(
      'keep to their memory and to defined behaviour, and refuse what does not fit',
      async () => {
        const flags = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-O0', '-g']
        const printed = await runHarness(await buildHarness('g++', [...flags, ...architecture()]))
        expect(printed).toMatch(/\d+ tests, 0 failed/)
      },
    )

    it.runIf(hasProgram(cross) && emulator !== undefined)(
      'compute the same on ARM64 (needs g++-aarch64-linux-gnu and qemu-user)',
      async () => {
        const program = await buildHarness(cross, ['-O2', '-static', '-march=armv8-a'])
        expect(await runHarness(emulator!, [program])).toMatch(/0 failed, vectors of 4 floats/)
      },
    )

    // What is built for AMX has all that is built for AVX-512.
    const sets = {
      avx2: ['-march=x86-64-v3'],
      amx: ['-march=sapphirerapids'],
    }
    it.runIf(onX64 && hasProgram('g++')).each(Object.entries(sets))(
      'are free of warnings for %s',
      async (_, flags) => {
        await checkWarnings('g++', flags)
      },
    )
  },
)
