import { resolve } from 'node:path'
import { Command } from 'commander'
import type { Doctor } from '#shared/contract/doctor.ts'
import { jsonOption } from './arguments.ts'
import { print, printJson } from './output.ts'

export const doctorCommand = new Command('doctor')
  .description('report what is installed, what is missing and how to fix it')
  .option('--project <dir>', 'project folder to check as well')
  .addOption(jsonOption())
  .action(async ({ project, json }: { project?: string; json: boolean }) => {
    const { inspect } = await import('../../doctor/doctor.ts')
    const doctor = await inspect({ project: project === undefined ? null : resolve(project) })
    if (json) printJson(doctor)
    else print(report(doctor))
  })

const selftestOffer =
  '`bin/fame selftest` compares this device with reference figures and writes a report.'

function report({ tensorflow, electron, folders, problems, ...rest }: Doctor): string {
  const rows = [
    ['Workbench', rest.workbench],
    ['Node', `${rest.node} on ${rest.platform}`],
    ['FFmpeg', rest.ffmpeg ?? 'missing'],
    ['SQLite', rest.sqlite ?? 'missing'],
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
