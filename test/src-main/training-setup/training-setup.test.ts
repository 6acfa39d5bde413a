import { describe, expect, it } from 'vitest'
import type { SetupEvent } from '#main/training-setup/events.ts'
import { parseEvent } from '#main/training-setup/events.ts'
import { SetupProgress } from '#main/training-setup/setup-progress.ts'
import type { RunSetup } from '#main/training-setup/setup-process.ts'
import { TrainingSetup } from '#main/training-setup/training-setup.ts'

const missing = { available: false, complete: false }
const ready = { available: true, complete: true }
const facts = {
  ...{ supported: true, hasKnownHash: true, kind: 'cpu' as const, download: 273e6, disk: 15e8 },
}

/** A set-up that says what the test lets it say. */
function fakeProgram() {
  const runs: { tell: (event: SetupEvent) => void; end: (words: string) => void }[] = []
  let [found, cancelled] = [missing, 0]
  const run: RunSetup = (args, onEvent) => {
    if (args.includes('--check')) {
      onEvent({ type: 'state', ...found, ...facts })
      return { ended: Promise.resolve(''), cancel: () => undefined }
    }
    const { promise: ended, resolve: end } = Promise.withResolvers<string>()
    runs.push({ tell: onEvent, end })
    const cancel = (): void => {
      cancelled++
      end('')
    }
    return { ended, cancel }
  }
  return {
    run,
    last: () => runs.at(-1)!,
    started: () => runs.length,
    cancelled: () => cancelled,
    find: (now: typeof missing) => (found = now),
  }
}

describe('setting training up from a package', () => {
  it('has nothing to do in a clone', async () => {
    const setup = new TrainingSetup({ folder: '' })
    expect((await setup.state()).state).toBe('none')
    await expect(setup.start()).rejects.toThrow(/npm run setup/)
  })

  it('says what is fetched and where to, how far it is, and that it is done', async () => {
    const program = fakeProgram()
    let heard = 0
    const setup = new TrainingSetup({ folder: '/u', run: program.run, onEnded: () => heard++ })
    expect(await setup.state()).toMatchObject({
      ...{ state: 'missing', folder: '/u', download: 273e6 },
    })
    await setup.start()
    await setup.start()
    expect(program.started()).toBe(1)
    program.last().tell({ type: 'phase', name: 'download', done: 100e6, total: 273e6 })
    const now = await setup.state()
    expect(now).toMatchObject({ state: 'running', progress: { done: 100, total: 273 } })
    expect(now.progress!.plan!.secondsLeft).toBeGreaterThan(0)
    program.find(ready)
    program.last().tell({ type: 'done', available: true })
    program.last().end('')
    await Promise.resolve()
    expect(await setup.state()).toMatchObject({ state: 'ready', failure: null })
    expect(heard).toBe(1)
  })

  it('keeps what failed, with its remedy, until the next start', async () => {
    const program = fakeProgram()
    const setup = new TrainingSetup({ folder: '/u', run: program.run })
    await setup.start()
    const failure = { fact: 'The index could not be reached.', remedy: 'Check it.', details: 'x' }
    program.last().tell({ type: 'step', step: 'tensorflow' })
    program.last().tell({ type: 'failure', ...failure })
    program.last().tell({ type: 'done', available: false })
    program.last().end('')
    await Promise.resolve()
    expect(await setup.state()).toMatchObject({ state: 'failed', failure })
    expect(await setup.start()).toMatchObject({ state: 'running', failure: null })
  })

  it('takes a missing compiler for a loss of speed, no failure', async () => {
    const program = fakeProgram()
    const setup = new TrainingSetup({ folder: '/u', run: program.run })
    await setup.start()
    program.find(ready)
    const fact = "The trainer's kernels are built with g++, which is missing."
    program.last().tell({ type: 'step', step: 'kernels' })
    program.last().tell({ type: 'failure', fact, remedy: 'Install it.', details: '' })
    program.last().tell({ type: 'done', available: true })
    program.last().end('')
    await Promise.resolve()
    const state = await setup.state()
    expect(state).toMatchObject({ state: 'ready', failure: null })
    expect(state.notices).toEqual([expect.stringContaining(fact)])
  })

  it('is cancelled without a failure, and says so where it ends by itself', async () => {
    const program = fakeProgram()
    const setup = new TrainingSetup({ folder: '/u', run: program.run })
    await setup.start()
    expect(await setup.cancel()).toMatchObject({ state: 'missing', failure: null })
    expect(program.cancelled()).toBe(1)
    await setup.start()
    program.last().end('Killed')
    await Promise.resolve()
    expect(await setup.state()).toMatchObject({
      state: 'failed',
      failure: { fact: expect.stringContaining('ended before'), details: 'Killed' },
    })
  })
})

describe('what set-up is heard to say', () => {
  it('is no answer where the question ends without one, which is asked again', async () => {
    let [asked, answer] = [0, null as SetupEvent | null]
    const run: RunSetup = (_args, onEvent) => {
      asked++
      if (answer) onEvent(answer)
      return { ended: Promise.resolve('no such program'), cancel: () => undefined }
    }
    const setup = new TrainingSetup({ folder: '/u', run })
    expect(await setup.state()).toMatchObject({
      ...{ state: 'unchecked', available: false },
      failure: { fact: expect.any(String), remedy: expect.any(String), details: 'no such program' },
    })
    answer = { type: 'state', ...ready, ...facts }
    expect(await setup.state()).toMatchObject({ state: 'ready', failure: null })
    await setup.state()
    expect(asked).toBe(2)
  })

  it('is that this system is unsupported', async () => {
    const run: RunSetup = (_args, onEvent) => {
      onEvent({ type: 'state', ...missing, ...facts, supported: false })
      return { ended: Promise.resolve(''), cancel: () => undefined }
    }
    const setup = new TrainingSetup({ folder: '/u', run })
    expect((await setup.state()).state).toBe('unsupported')
  })

  it('costs what each step costs: only kernels and registry can be done without', async () => {
    const program = fakeProgram()
    const setup = new TrainingSetup({ folder: '/u', run: program.run })
    await setup.start()
    const failure = { fact: 'It failed.', remedy: 'Mend it.', details: '' }
    program.last().tell({ type: 'step', step: 'registry' })
    program.last().tell({ type: 'failure', ...failure })
    program.last().tell({ type: 'warning', text: 'No SHA-256 is known.' })
    const { notices, failure: none } = await setup.state()
    expect(notices).toEqual([expect.stringContaining('lacks'), 'No SHA-256 is known.'])
    expect(none).toBeNull()
    program.last().tell({ type: 'step', step: 'packages' })
    program.last().tell({ type: 'failure', ...failure })
    expect((await setup.state()).failure).toEqual(failure)
  })

  it('ends with the workbench, also while it is only asked', async () => {
    const { promise: ended, resolve } = Promise.withResolvers<string>()
    const starts: string[][] = []
    const run: RunSetup = (args) => {
      starts.push([...args])
      return { ended, cancel: () => resolve('') }
    }
    const setup = new TrainingSetup({ folder: '/u', run })
    const state = setup.state()
    await setup.close()
    expect((await state).state).toBe('unchecked')
    expect(starts).toEqual([['--check']])
  })
})

describe('the time that is left', () => {
  it('is that of the download at its rate, and the usual one of the rest', () => {
    let now = 0
    const progress = new SetupProgress(() => now)
    progress.hear('download', 0, 200e6)
    now = 10
    progress.hear('download', 50e6, 200e6)
    const { secondsLeft, plan } = progress.value
    expect(secondsLeft).toBeCloseTo(30)
    expect(plan).toMatchObject({ at: 0, secondsLeft: 30 + 20 + 5 + 90 })
    expect(plan!.share).toBeCloseTo(10 / 155)
  })

  it('counts a download that goes on by what comes now', () => {
    let now = 0
    const progress = new SetupProgress(() => now)
    progress.hear('download', 100e6, 200e6)
    now = 10
    progress.hear('download', 110e6, 200e6)
    expect(progress.value.secondsLeft).toBeCloseTo(90)
  })

  it('passes over parts that were done before', () => {
    let now = 0
    const progress = new SetupProgress(() => now)
    now = 2
    progress.hear('kernels', 1, 10)
    expect(progress.value.plan!.phases.map(({ seconds }) => seconds)).toEqual([2, 0, 0, null])
  })
})

it.each(['', 'text', '{"type":"phase","name":"other","done":1,"total":2}', '{"type":"state"}'])(
  'the line %j is no event',
  (line) => expect(parseEvent(line)).toBeNull(),
)
