import { execFileSync, spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { EventFile } from '#main/tensorboard/event-file.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'

const temporaryFolder = temporaryFolders()
/** A Python that has the package `tensorboard`; the test is skipped where there is none. */
const python = process.env.FAME_TENSORBOARD_PYTHON ?? 'python3'
const hasTensorboard = spawnSync(python, ['-c', 'import tensorboard']).status === 0

/** What the server reads files with, and what scripts do. */
const script = `
import json, sys
from tensorboard.backend.event_processing import event_accumulator, plugin_event_accumulator
from tensorboard.util import tensor_util
folder, tag = sys.argv[1], 'loss/loss'
plain = event_accumulator.EventAccumulator(folder)
served = plugin_event_accumulator.EventAccumulator(folder)
plain.Reload(); served.Reload()
print(json.dumps([
  [[e.step, e.wall_time, e.value] for e in plain.Scalars(tag)],
  [[e.step, e.wall_time, float(tensor_util.make_ndarray(e.tensor_proto))] for e in served.Tensors(tag)],
]))
`

it.skipIf(!hasTensorboard)(
  'TensorBoard shows each step of a resumed run once, as last measured',
  () => {
    const folder = temporaryFolder()
    const point = (step: number, value: number) => [
      { step, name: 'loss', value },
      { step, name: 'time', value: 1_700_000_000 + step },
    ]
    const first = new EventFile(folder, { firstStep: 1 })
    for (let step = 1; step <= 30; step++) first.append(point(step, 100 + step))
    const second = new EventFile(folder, { firstStep: 21 })
    for (let step = 21; step <= 40; step++) second.append(point(step, 200 + step))

    const output = execFileSync(python, ['-c', script, folder], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const expected = Array.from({ length: 40 }, (_, i) => {
      return [i + 1, 1_700_000_001 + i, (i < 20 ? 101 : 201) + i]
    })
    expect(JSON.parse(output.toString())).toEqual([expected, expected])
  },
)
