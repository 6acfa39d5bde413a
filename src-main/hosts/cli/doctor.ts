import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import type { Doctor } from '#shared/contract/doctor.ts'
import { jsonOption } from './arguments.ts'
import { HOW_TO_INSTALL } from '../../trainer/collective/mpi/how-to-install.ts'
import { print, printJson, table } from './output.ts'

interface DoctorOptions {
  project?: string
  plan?: string
  ops: boolean
  json: boolean
}

export const doctorCommand = new Command('doctor')
  .description('report what is installed, what is missing and how to fix it')
  .option('--project <dir>', 'project folder to check as well')
  .addOption(
    new Option('--plan <kind>', 'list what set-up would fetch for a GPU, without fetching it')
      .choices(['cuda'])
      .conflicts(['project', 'ops']),
  )
  .option(
    '--ops',
    'list the ops of the engine with the kernels that TensorFlow has for them',
    false,
  )
  .addOption(jsonOption())
  .action(async ({ project, plan, ops, json }: DoctorOptions) => {
    if (plan !== undefined) return showPlan(json)
    if (ops) return showOps(json)
    const { inspect } = await import('../../doctor/doctor.ts')
    const doctor = await inspect({ project: project === undefined ? null : resolve(project) })
    if (json) printJson(doctor)
    else print(report(doctor))
  })

async function showPlan(json: boolean): Promise<void> {
  const { planCuda, planText } = await import('../../doctor/cuda-plan.ts')
  const plan = await planCuda()
  if (json) printJson(plan)
  else print(planText(plan))
}

async function showOps(json: boolean): Promise<void> {
  const { inspectOps } = await import('../../doctor/ops.ts')
  const outcome = await inspectOps()
  if (!outcome.ok) throw new Error(outcome.reason)
  const { tensorflow, device, ops, missing } = outcome.facts
  if (json) return printJson(outcome.facts)
  const rows = ops.map(({ op, attribute, used, cpu, gpu }) => {
    return [op, attribute, used.join(', '), cpu, gpu]
  })
  print(`TensorFlow ${tensorflow} on the ${device}`)
  print(table(['op', 'attribute', 'used', 'on the CPU', 'on the GPU'], rows))
  for (const { precision, kernels } of missing) {
    const names = kernels.map(({ op, type }) => `${op} of ${type}`).join(', ')
    print(`Missing on the ${device} in ${precision}: ${names || 'nothing'}`)
  }
}

const selftestOffer =
  '`bin/fame selftest` compares this device with reference figures and writes a report.'

function report({ tensorflow, electron, folders, problems, ...rest }: Doctor): string {
  const rows = [
    ['Workbench', rest.workbench],
    ['Node', `${rest.node} on ${rest.platform}`],
    ['FFmpeg', rest.ffmpeg ?? 'missing'],
    ['SQLite', rest.sqlite ?? 'missing'],
    ['Open MPI', rest.openMpi ?? `missing; --workers and mpirun need it. ${HOW_TO_INSTALL}`],
    ['TensorFlow', tensorflow.version ?? 'missing'],
    ['Device', device(tensorflow)],
    ['Precision', tensorflow.precision ?? 'unknown'],
    ['Kernels', tensorflow.kernels ?? 'unknown'],
    ['Electron', electron.version ?? 'missing'],
    ['Cache', folders.cache],
    ['Project', folders.project ?? 'none named'],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return [
    ...rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
    ...(problems.length === 0 ? ['', 'Nothing is missing.'] : ['']),
    ...problems.map(({ fact, remedy }) => `- ${fact} ${remedy}`),
    ...(tensorflow.available ? ['', selftestOffer] : []),
  ].join('\n')
}

function device({ device, deviceName, memory }: Doctor['tensorflow']): string {
  if (device === null) return 'unknown'
  const gigabytes = memory === null ? '' : `, ${(memory / 1e9).toFixed(1)} GB`
  return `${device} (${deviceName ?? 'no name'}${gigabytes})`
}
