import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { downloadAttempts, downloadWheel, findPip, wheelPrefix } from '../../scripts/lib/pip.mjs'
import { temporaryFolder } from './temporary.ts'

/** A `python3` whose pip logs how it is called and obeys the given shell lines. */
function fakePython(body: string): { env: NodeJS.ProcessEnv; calls: () => string[] } {
  const folder = join(temporaryFolder(), 'bin')
  mkdirSync(folder)
  const log = join(folder, 'log')
  const script = [
    '#!/bin/sh',
    'case "$*" in *--version) echo "pip 23.0"; exit 0;; esac',
    `echo "$*" >> "${log}"`,
    'while [ "$1" != --dest ]; do shift; done; dest=$2',
    body,
  ]
  writeFileSync(join(folder, 'python3'), script.join('\n'))
  chmodSync(join(folder, 'python3'), 0o755)
  return {
    env: { ...process.env, PATH: [folder, process.env.PATH].join(delimiter) },
    calls: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
  }
}

const quiet = { heartbeat: () => {} }

describe('fetching a wheel', () => {
  test("asks for the running Python's wheel first, then for those of other Pythons", () => {
    const attempts = downloadAttempts('tensorflow==2.21.0', '/d')
    expect(attempts.map((args) => args[args.indexOf('--python-version') + 1])).toEqual([
      'download',
      '3.13',
      '3.12',
      '3.11',
    ])
    expect(attempts[1].join(' ')).toContain('--python-version 3.13 --implementation cp --abi cp313')
    for (const args of attempts)
      expect(args).toEqual(expect.arrayContaining(['--no-deps', '--only-binary=:all:']))
  })

  test.runIf(process.arch === 'x64')('asks first for the wheel whose hash is known', () => {
    const attempts = downloadAttempts('tensorflow-cpu==2.21.0', '/d')
    expect(attempts.map((args) => args[args.indexOf('--python-version') + 1])).toEqual([
      '3.11',
      'download',
      '3.13',
      '3.12',
    ])
  })

  test('takes the first wheel that there is', async () => {
    const folder = join(temporaryFolder(), 'download')
    const python = fakePython(
      'case "$*" in *"--abi cp312"*) touch "$dest/tensorflow-2.21.0-cp312-any.whl";; ' +
        '*) echo "ERROR: No matching distribution found"; exit 1;; esac',
    )
    const pip = await findPip(python.env)
    const wheel = await downloadWheel(pip, 'tensorflow==2.21.0', folder, {
      env: python.env,
      ...quiet,
    })
    expect(wheel).toBe(join(folder, 'tensorflow-2.21.0-cp312-any.whl'))
    expect(python.calls()).toHaveLength(3)
  })

  test('states that the machine has no wheel, with pip’s words', async () => {
    const python = fakePython('echo "ERROR: No matching distribution found for x"; exit 1')
    const folder = temporaryFolder()
    const download = downloadWheel(await findPip(python.env), 'x==1', folder, {
      env: python.env,
      ...quiet,
    })
    await expect(download).rejects.toMatchObject({
      message: expect.stringMatching(/no wheel of x==1 for this machine/),
      remedy: expect.stringMatching(/FAME_TENSORFLOW/),
      details: expect.stringMatching(/No matching distribution/),
    })
    expect(python.calls()).toHaveLength(4)
  })

  test('states that the index cannot be reached', async () => {
    const python = fakePython(
      'echo "WARNING: Retrying (Retry(total=0)) after NewConnectionError"; exit 1',
    )
    const folder = temporaryFolder()
    const download = downloadWheel(await findPip(python.env), 'x==1', folder, {
      env: python.env,
      ...quiet,
    })
    await expect(download).rejects.toThrow(/could not reach its package index/)
  })

  test('leaves no temporary files of pip', async () => {
    const folder = temporaryFolder()
    const python = fakePython('echo half > "$TMPDIR/half.whl"; exit 1')
    const download = downloadWheel(await findPip(python.env), 'x==1', folder, {
      env: python.env,
      ...quiet,
    })
    await expect(download).rejects.toThrow()
    expect(existsSync(join(folder, 'temporary'))).toBe(false)
  })

  test('without any pip says how to get one', async () => {
    const env = { PATH: temporaryFolder() }
    await expect(findPip(env)).rejects.toMatchObject({
      remedy: expect.stringMatching(/python3-pip.*FAME_TENSORFLOW/),
    })
  })
})

test.each([
  ['tensorflow-cpu==2.21.0', 'tensorflow_cpu-'],
  ['nvidia-cublas-cu12<13.0,>=12.5', 'nvidia_cublas_cu12-'],
])('the wheel of %s begins with %s', (requirement, prefix) => {
  expect(wheelPrefix(requirement)).toBe(prefix)
})
