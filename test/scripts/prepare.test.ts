import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { prepare, type Setup, type Step } from '../../scripts/lib/context.mjs'
import { SetupError } from '../../scripts/lib/report.mjs'
import { readStamp, stampFile, writeStamp } from '../../scripts/lib/stamp.mjs'
import { temporaryFolder, temporarySetup } from './temporary.ts'

/** A step that stamps itself, as all do. */
function step(name: string, work: (setup: Setup) => void = () => {}, optional = false): Step {
  return {
    name,
    title: `Do ${name}`,
    optional,
    ready: ({ places }) => readStamp(stampFile(places, name))?.key === 'done',
    async perform(setup) {
      work(setup)
      writeStamp(stampFile(setup.places, name), { key: 'done' })
    },
  }
}

describe('set-up', () => {
  test('does what is not done, in order, and says so; a second one says nothing', async () => {
    const done: string[] = []
    const steps = ['first', 'second'].map((name) => step(name, () => done.push(name)))
    const { setup, said } = temporarySetup()
    expect(await prepare(steps, setup)).toBe(true)
    expect(done).toEqual(['first', 'second'])
    expect(said()).toMatch(/\[1\/2\] Do first: done in .*\n\[2\/2\] Do second \.\.\./s)
    const before = said()
    expect(await prepare(steps, setup)).toBe(true)
    expect(done).toHaveLength(2)
    expect(said()).toBe(before)
  })

  test('goes on beside a step that stands apart, and is done when that is', async () => {
    const done: string[] = []
    const { promise, resolve } = Promise.withResolvers<null>()
    const apart: Step = {
      ...step('apart'),
      isApart: true,
      perform: async () => {
        await promise
        done.push('apart')
      },
    }
    const second = step('second', () => {
      done.push('second')
      resolve(null)
    })
    const { setup } = temporarySetup()
    expect(await prepare([apart, second], setup)).toBe(true)
    expect(done).toEqual(['second', 'apart'])
  })

  test('fails where a step that stands apart is needed and fails', async () => {
    const fail = () => {
      throw new SetupError('It does not build.', 'Mend it.')
    }
    const { setup, said } = temporarySetup()
    expect(await prepare([{ ...step('apart', fail), isApart: true }, step('last')], setup)).toBe(
      false,
    )
    expect(said()).toContain('What failed: It does not build.')
  })

  test('stops at a step that is needed and failed, with the fact and the remedy', async () => {
    const done: string[] = []
    const steps = [
      step('first', () => {
        throw new SetupError('The disk is full.', 'Free 2 GB.', 'ENOSPC')
      }),
      step('second', () => done.push('second')),
    ]
    const { setup, said } = temporarySetup()
    expect(await prepare(steps, setup)).toBe(false)
    expect(done).toEqual([])
    expect(said()).toMatch(/\| ENOSPC\n.*The disk is full\.\n.*Free 2 GB\./s)
    expect(existsSync(setup.lock.file)).toBe(false)
  })

  test('goes on after an optional step that failed', async () => {
    const done: string[] = []
    const fail = () => {
      throw new SetupError('No wheel.', 'Bring one.')
    }
    const steps = [step('first', fail, true), step('second', () => done.push('second'))]
    const { setup, said } = temporarySetup()
    expect(await prepare(steps, setup)).toBe(true)
    expect(done).toEqual(['second'])
    expect(said()).toContain('What failed: No wheel.')
    expect(setup.failed).toEqual(['Do first'])
  })

  test('leaves to the other what another set-up is doing meanwhile', async () => {
    const done: string[] = []
    const { setup } = temporarySetup()
    const { setup: other } = temporarySetup()
    other.places = setup.places
    const steps = [step('only', () => done.push('only'))]
    other.lock.file = setup.lock.file
    expect(await Promise.all([prepare(steps, setup), prepare(steps, other)])).toEqual([true, true])
    expect(done).toEqual(['only'])
  })

  test('that was killed half-way is completed by the next one', async () => {
    const root = temporaryFolder()
    const script = join(root, 'setup.mjs')
    const library = (name: string) =>
      JSON.stringify(pathToFileURL(join(import.meta.dirname, '../../scripts/lib', name)).href)
    writeFileSync(
      script,
      `import { appendFileSync } from 'node:fs'
       import { Setup, prepare } from ${library('context.mjs')}
       import { findPlaces } from ${library('places.mjs')}
       import { readStamp, stampFile, writeStamp } from ${library('stamp.mjs')}
       const make = (name, command) => ({
         name, title: name, optional: false,
         ready: ({ places }) => readStamp(stampFile(places, name)) !== null,
         async perform(setup) {
           appendFileSync(${JSON.stringify(join(root, 'log'))}, name + '\\n')
           await setup.run('sh', ['-c', command])
           writeStamp(stampFile(setup.places, name), { key: 'done' })
         },
       })
       const setup = new Setup({ places: findPlaces(${JSON.stringify(root)}) })
       const steps = [make('first', 'true'), make('second', process.argv[2])]
       process.exitCode = (await prepare(steps, setup)) ? 0 : 1`,
    )
    const log = () => (existsSync(join(root, 'log')) ? readFileSync(join(root, 'log'), 'utf8') : '')
    const killed = spawn(process.execPath, [script, 'sleep 600'], { stdio: 'ignore' })
    await expect.poll(log, { timeout: 20_000 }).toBe('first\nsecond\n')
    killed.kill('SIGKILL')
    await once(killed, 'exit')
    const next = spawn(process.execPath, [script, 'true'], { stdio: 'ignore' })
    expect((await once(next, 'exit'))[0]).toBe(0)
    expect(log()).toBe('first\nsecond\nsecond\n')
  })
})
