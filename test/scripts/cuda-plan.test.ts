import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { cudaPackages, cudaPlan, readReport } from '../../scripts/lib/cuda-plan.mjs'
import { tensorflowVersion } from '../../scripts/lib/tensorflow-library.mjs'
import { requirementsOf } from '../../scripts/lib/wheel.mjs'
import { temporaryFolder } from './temporary.ts'

/** As it stands in the wheel of this version. */
const metadata = readFileSync(
  join(import.meta.dirname, `../../scripts/lib/tensorflow-${tensorflowVersion}-METADATA`),
  'utf8',
)

/** A pip that answers with what the shell program writes to "$report" for "$last". */
function environmentWith(program: string): NodeJS.ProcessEnv {
  const folder = join(temporaryFolder(), 'bin')
  mkdirSync(folder)
  const pip = `#!/bin/sh
case "$*" in *--version*) echo pip; exit 0;; esac
for last; do :; done
report=
while [ $# -gt 0 ]; do [ "$1" = --report ] && report=$2; shift; done
${program}
`
  writeFileSync(join(folder, 'python3'), pip)
  chmodSync(join(folder, 'python3'), 0o755)
  return { PATH: [folder, '/usr/bin', '/bin'].join(delimiter) }
}

const context = (env: NodeJS.ProcessEnv) => ({ env, recorded: metadata, report: () => {} })

describe('the plan for CUDA', () => {
  test('knows what it needs of each package that TensorFlow’s wheel declares', () => {
    const declared = requirementsOf(metadata, 'and-cuda')
    expect(declared.map((each) => each.split(/[<>=]/)[0]).sort()).toEqual(
      Object.keys(cudaPackages).sort(),
    )
    expect(declared).toContain('nvidia-cudnn-cu12<10.0,>=9.3.0.75')
    expect(/^Version: (.+)$/m.exec(metadata)?.[1]).toBe(tensorflowVersion)
  })

  test('has the versions and hashes that the index states, by the wheel’s own requirements', async () => {
    const env = environmentWith(`
case "$last" in
  tensorflow==*) name=tensorflow; requires='"nvidia-cublas-cu12<13.0,>=12.5; extra == \\"and-cuda\\""';;
  *) name=nvidia_cublas_cu12; requires=;;
esac
cat > "$report" <<END
{"install": [{"metadata": {"version": "1.2", "requires_dist": [$requires]},
  "download_info": {"url": "https://index.test/files/$name-1.2-py3-none-any.whl",
  "archive_info": {"hashes": {"sha256": "abc"}}}}]}
END`)
    const plan = await cudaPlan(context(env))
    expect(plan).toMatchObject({ requirements: 'wheel', trouble: null })
    expect(plan.wheels).toMatchObject([
      { requirement: `tensorflow==${tensorflowVersion}`, file: 'tensorflow-1.2-py3-none-any.whl' },
      {
        requirement: 'nvidia-cublas-cu12<13.0,>=12.5',
        version: '1.2',
        sha256: 'abc',
        from: 'index',
        libraries: ['libcublas.so.12', 'libcublasLt.so.12'],
      },
    ])
  })

  test('has the recorded requirements and the reason where the index does not answer', async () => {
    const plan = await cudaPlan(context(environmentWith('echo "No route to the index"; exit 1')))
    expect(plan.requirements).toBe('recorded')
    expect(plan.trouble).toContain('No route to the index')
    expect(plan.wheels).toHaveLength(1 + Object.keys(cudaPackages).length)
    for (const { version, sha256 } of plan.wheels) expect([version, sha256]).toEqual([null, null])
  })

  test('reads a file name with escapes, and a wheel without requirements', () => {
    const install = [
      {
        metadata: { version: '2.0+cu12' },
        download_info: { url: 'https://i.test/a%2Bcu12.whl', archive_info: {} },
      },
    ]
    expect(readReport(JSON.stringify({ install }))).toEqual({
      version: '2.0+cu12',
      file: 'a+cu12.whl',
      sha256: null,
      requirements: [],
    })
  })
})
