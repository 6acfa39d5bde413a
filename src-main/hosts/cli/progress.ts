import { SingleBar } from 'cli-progress'
import { clock, say } from './output.ts'

export interface ProgressState {
  phase: string
  done: number
  total: number
  /** `unit`s a second. */
  rate: number
  unit: string
  secondsLeft: number | null
  /** Shown behind the rest: loss, errors. */
  note?: string
}

export interface ProgressView {
  update(state: ProgressState): void
  /** A line of its own, above the bar. */
  remark(line: string): void
  end(): void
}

/** Longest silence between two plain lines, in ms. */
const plainEvery = 5000

/** A bar on a terminal, now and then a line anywhere else; always on standard error. */
export function progressView(terminal: boolean = process.stderr.isTTY): ProgressView {
  return terminal ? barView() : plainView()
}

function barView(): ProgressView {
  let bar: SingleBar | null = null
  let phase = ''
  const end = (): void => {
    bar?.stop()
    bar = null
  }
  // The bar hides the cursor; a program that is ended in mid-work must not leave it so.
  process.once('exit', end)
  const start = (state: ProgressState): SingleBar => {
    end()
    phase = state.phase
    const fresh = new SingleBar({
      format: '{phase} {bar} {value}/{total} {tail}',
      barsize: 24,
      hideCursor: true,
      clearOnComplete: false,
      stopOnComplete: false,
      fps: 10,
    })
    fresh.start(state.total, state.done, { phase, tail: tail(state) })
    return fresh
  }
  return {
    update: (state) => {
      if (!bar || state.phase !== phase) bar = start(state)
      bar.setTotal(state.total)
      bar.update(state.done, { phase, tail: tail(state) })
    },
    remark: (line) => {
      end()
      say(line)
    },
    end: () => {
      process.off('exit', end)
      end()
    },
  }
}

function plainView(): ProgressView {
  let phase = ''
  let last = -Infinity
  let pending: ProgressState | null = null
  let shown = ''
  const show = (state: ProgressState): void => {
    // A phase without a total, such as listing folders, has nothing new to say at its end.
    const count = state.total > 0 ? `${state.done}/${state.total} ` : ''
    const line = `${state.phase} ${count}${tail(state)}`.trimEnd()
    if (line !== shown) say(line)
    shown = line
    last = performance.now()
    pending = null
  }
  const end = (): void => {
    if (pending) show(pending)
  }
  return {
    update: (state) => {
      if (state.phase !== phase) end()
      pending = state
      if (state.phase !== phase || performance.now() - last >= plainEvery) show(state)
      phase = state.phase
    },
    remark: say,
    end,
  }
}

function tail({ rate, unit, secondsLeft, note }: ProgressState): string {
  const parts = [
    rate > 0 ? `${rate < 10 ? rate.toFixed(2) : Math.round(rate)} ${unit}/s` : '',
    secondsLeft === null ? '' : `${clock(secondsLeft)} left`,
    note ?? '',
  ]
  return parts.filter((part) => part !== '').join(', ')
}
