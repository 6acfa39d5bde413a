import type { Doctor } from '#shared/contract/doctor.ts'
import type { RunDifference } from '#shared/contract/reproduction.ts'
import { describeScaling, kineticsScaling } from '#shared/encoders/scaling.ts'
import type { MadeWith, Run } from '#shared/contract/runs.ts'
import { processor } from '../../base/processes/hardware.ts'

const ROUNDING =
  'Numbers may differ in their last digits, and the difference grows during training.'
const MAYBE = 'The behaviour of the code may have changed.'

/** What of code and machine is not as it was when a run was made. */
export function machineDifferences(run: Run, now: MadeWith, doctor: Doctor): RunDifference[] {
  const was = run.madeWith
  if (!was) {
    return [
      {
        what: 'record',
        was: 'not recorded',
        is: describeCode(now),
        meaning: 'The run has no record of how it was made. Settings and seed are the same.',
      },
    ]
  }
  const pairs: (RunDifference | null)[] = [
    differ('code', describeCode(was), describeCode(now), MAYBE),
    was.changed || now.changed ? changes(was, now) : null,
    differ(
      'node',
      was.node,
      now.node,
      'Random numbers and the order of videos do not depend on it.',
    ),
    differ('platform', was.platform, now.platform, ROUNDING),
    differ('processor', was.cpu, now.cpu, ROUNDING),
    differ('scaling', scalingOf(was), scalingOf(now), 'The encoder sees other colours.'),
    device(run, doctor),
  ]
  return pairs.filter((one) => one !== null)
}

function differ(
  what: RunDifference['what'],
  was: string,
  is: string,
  meaning: string,
): RunDifference | null {
  return was === is ? null : { what, was, is, meaning }
}

function describeCode({ workbench, commit }: MadeWith): string {
  return commit === null ? workbench : `${workbench}, commit ${commit.slice(0, 12)}`
}

/** Runs that do not say were made while every encoder had Kinetics' statistics. */
function scalingOf({ scaling = kineticsScaling }: MadeWith): string {
  return describeScaling(scaling)
}

/** Changes that were not committed are known to have been there, not what they were. */
function changes(was: MadeWith, now: MadeWith): RunDifference {
  const describe = ({ commit, changed }: MadeWith): string =>
    commit === null ? 'not known' : changed ? 'with uncommitted changes' : 'as committed'
  return { what: 'changes', was: describe(was), is: describe(now), meaning: MAYBE }
}

function device({ device: was }: Run, { tensorflow }: Doctor): RunDifference | null {
  if (!tensorflow.available) {
    const meaning = 'The run would wait and then fail. Set up TensorFlow first.'
    return { what: 'device', was: was ?? 'unknown', is: 'no TensorFlow', meaning }
  }
  if (was === null) return null
  const onGpu = tensorflow.device === 'GPU'
  const is = onGpu ? (tensorflow.deviceName ?? 'GPU') : processor().name.replace(/ \(.*\)$/, '')
  // A driver that does not name the GPU has left it as this.
  if (was.startsWith(is) || (onGpu && was.startsWith('CUDA GPU'))) return null
  return { what: 'device', was, is, meaning: ROUNDING }
}
