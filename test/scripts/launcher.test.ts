import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from './temporary.ts'

const launcher = resolve(import.meta.dirname, '../../bin/fame')

/** A clone that is set up, whose command line does what the test wants. */
function clone(commandLine: string, ensure = 'process.exitCode = 9'): string {
  const root = temporaryFolder()
  const put = (name: string, content: string): void => {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), content)
  }
  put('package.json', '{ "type": "module" }')
  put('package-lock.json', '{}')
  utimesSync(join(root, 'package-lock.json'), 1, 1)
  put('node_modules/.package-lock.json', '{}')
  put('node_modules/node/bin/.keep', '')
  symlinkSync(process.execPath, join(root, 'node_modules/node/bin/node'))
  put('out/setup/node.json', '{}')
  put('out/setup/packages.json', '{}')
  put('out/setup/tensorflow.json', '{}')
  put('scripts/ensure.mjs', ensure)
  put('src-main/hosts/cli.ts', commandLine)
  mkdirSync(join(root, 'bin'))
  copyFileSync(launcher, join(root, 'bin', 'fame'))
  chmodSync(join(root, 'bin', 'fame'), 0o755)
  return root
}

describe('bin/fame', () => {
  test('hands over arguments, output and exit code', () => {
    const root = clone('console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 2')
    const { stdout, status } = spawnSync(
      join(root, 'bin/fame'),
      ['mask', 'a b.avi', '--json', ''],
      {
        encoding: 'utf8',
      },
    )
    expect(JSON.parse(stdout)).toEqual(['mask', 'a b.avi', '--json', ''])
    expect(status).toBe(2)
  })

  test('works through a link to it and from any folder', () => {
    const root = clone("console.log('here')")
    const link = join(temporaryFolder(), 'fame')
    symlinkSync(join(root, 'bin/fame'), link)
    expect(execFileSync(link, { cwd: '/', encoding: 'utf8' })).toBe('here\n')
  })

  test('has Node keep what it compiles in the clone, unless another place is named', () => {
    const root = clone('console.log(process.env.NODE_COMPILE_CACHE)')
    const run = (env: NodeJS.ProcessEnv): string =>
      execFileSync(join(root, 'bin/fame'), { env, encoding: 'utf8' }).trim()
    const env = { ...process.env }
    delete env.NODE_COMPILE_CACHE
    expect(run(env)).toBe(join(root, 'out', 'compile-cache'))
    expect(run({ ...env, NODE_COMPILE_CACHE: '/elsewhere' })).toBe('/elsewhere')
  })

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'lets the command stop cleanly on %s',
    async (signal) => {
      const root = clone(`
      let signals = 0
      process.on('${signal}', () => {
        signals++
        setTimeout(() => { console.log('saved', signals); process.exit(3) }, 300)
      })
      console.log('ready')
      setInterval(() => {}, 1000)`)
      const command = spawn(join(root, 'bin/fame'), ['pretrain'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      onTestFinished(() => void command.kill('SIGKILL'))
      let output = ''
      command.stdout.on('data', (data) => (output += data))
      await expect.poll(() => output, { timeout: 20_000 }).toBe('ready\n')
      command.kill(signal)
      const [code] = await once(command, 'close')
      expect(output).toBe('ready\nsaved 1\n')
      expect(code).toBe(3)
    },
  )

  test('sets up first when the lock file is newer than what was installed', () => {
    const root = clone("console.log('ran')", "console.log('set-up', process.argv[2])")
    const soon = new Date(Date.now() + 10_000)
    utimesSync(join(root, 'package-lock.json'), soon, soon)
    const { stdout, stderr } = spawnSync(join(root, 'bin/fame'), ['videos'], { encoding: 'utf8' })
    expect(stdout).toBe('ran\n')
    expect(stderr).toBe('set-up command-line\n')
  })

  test('sets TensorFlow up before the first training, and ends with 1 when set-up fails', () => {
    const root = clone("console.log('ran')", 'console.error(process.argv[2]); process.exitCode = 7')
    execFileSync('rm', [join(root, 'out/setup/tensorflow.json')])
    expect(execFileSync(join(root, 'bin/fame'), ['videos'], { encoding: 'utf8' })).toBe('ran\n')
    const { stdout, stderr, status } = spawnSync(join(root, 'bin/fame'), ['pretrain'], {
      encoding: 'utf8',
    })
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: 'training\n', status: 1 })
  })
})
