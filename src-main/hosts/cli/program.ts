import { Command, CommanderError } from 'commander'
import manifest from '../../../package.json' with { type: 'json' }
import { ConfigError } from '#shared/settings/check.ts'
import { storageError } from '../../store/storage-error.ts'
import { UsageError } from './arguments.ts'
import { benchCommand } from './bench/bench.ts'
import { clusterCommand } from './cluster.ts'
import { datasetsCommand } from './library/datasets.ts'
import { demoCommand } from './demo/demo.ts'
import { doctorCommand } from './doctor.ts'
import { embedCommand } from './evaluations/embed.ts'
import { evaluateCommand } from './evaluations/evaluate.ts'
import { flowCommand } from './library/flow.ts'
import { frameCommand } from './library/frame.ts'
import { indexCommand } from './library/index-videos.ts'
import { maskCommand } from './masks/mask.ts'
import { masksCommand } from './masks/masks.ts'
import { say } from './output.ts'
import { predictionsCommand } from './evaluations/predictions.ts'
import { presetsCommand } from './runs/presets.ts'
import { pretrainCommand } from './runs/pretrain.ts'
import { projectCommand } from './project.ts'
import { reportCommand } from './evaluations/report.ts'
import { runsCommand } from './runs/runs.ts'
import { sampleCommand } from './library/sample.ts'
import { selftestCommand } from './selftest.ts'
import { serveCommand } from './serve.ts'
import { sessionsCommand } from './sessions.ts'
import { studyCommand } from './demo/study.ts'
import { tagCommand } from './library/tag.ts'
import { videosCommand } from './library/videos.ts'

const commands = [
  sampleCommand,
  indexCommand,
  videosCommand,
  tagCommand,
  datasetsCommand,
  maskCommand,
  masksCommand,
  flowCommand,
  frameCommand,
  presetsCommand,
  pretrainCommand,
  evaluateCommand,
  predictionsCommand,
  embedCommand,
  runsCommand,
  reportCommand,
  serveCommand,
  sessionsCommand,
  projectCommand,
  demoCommand,
  studyCommand,
  doctorCommand,
  selftestCommand,
  benchCommand,
  clusterCommand,
]

export const exitCodes = { done: 0, failed: 1, usage: 2 } as const

/**
 * Runs the program as typed and returns its exit code. Commands load what they need when they
 * run, so that help comes at once.
 */
export async function runProgram(args: readonly string[]): Promise<number> {
  const program = new Command('fame')
    .description('FAME Workbench: index videos, make masks, pretrain and evaluate encoders')
    .version(manifest.version, '--version', 'show the version')
    .exitOverride()
    .showHelpAfterError("Run with '--help' for all options.")
  for (const command of commands) program.addCommand(inherit(command, program))
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCodes.done
  } catch (error) {
    return explain(error)
  }
}

/** Gives a command and those below it the program's manners. */
function inherit(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent)
  for (const below of command.commands) inherit(below, command)
  return command
}

function explain(error: unknown): number {
  // Commander has said already what is wrong; asked-for help is no fault.
  if (error instanceof CommanderError)
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage
  const { message } = storageError(error) ?? (error instanceof Error ? error : Error(String(error)))
  say(message)
  return error instanceof UsageError || error instanceof ConfigError
    ? exitCodes.usage
    : exitCodes.failed
}
