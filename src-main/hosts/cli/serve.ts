import { Command } from 'commander'
import type { RunWebHostOptions } from '../web/run.ts'
import { jsonOption, UsageError, wholeNumber } from './arguments.ts'

type ServeOptions = Omit<RunWebHostOptions, 'workers'> & { workers?: number; restarts?: number }

const several = (value: string, before: string[] | undefined): string[] => [
  ...(before ?? []),
  value,
]

export const serveCommand = new Command('serve')
  .description('serve the workbench to a browser until you interrupt it')
  .option(
    '--project <dir>',
    'project folder; may be repeated, and the page then lets you choose (default: ~/fame-project)',
    several,
  )
  .option(
    '--projects <dir>',
    'folder of projects among which the page lets you choose; each is opened when it is first chosen',
  )
  .option('--port <n>', 'port to listen on (default: 4180, or a free one)', wholeNumber(0, 65_535))
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--name <name>', 'another name of this server; may be repeated', several)
  .option(
    '--root <dir>',
    'folder besides the project that the browser may index, import from and export to; may be repeated (default: your home folder)',
    several,
  )
  .option(
    '--token-file <file>',
    "keep the address's token in a file instead of making a new token at each start",
  )
  .option('--tls-cert <file>', 'certificate in PEM: serve over HTTPS')
  .option('--tls-key <file>', 'key of that certificate')
  .option(
    '--base-path <path>',
    'path that a reverse proxy serves the workbench below, such as /fame',
  )
  .option(
    '--trust-proxy <address>',
    'address or subnet of a reverse proxy whose X-Forwarded-For, -Proto and -Host are believed; may be repeated',
    several,
  )
  .option(
    '--workers <n>',
    'processes that share the clips of each step of a pretraining, under Open MPI; a run that they cannot share trains in one process',
    wholeNumber(1, 4096),
  )
  .option(
    '--restarts <n>',
    'with --workers: how often all of them start again from the last checkpoint when one is lost',
    wholeNumber(0, 1000),
  )
  .option('--open', "open the address in the desktop's browser", false)
  .addOption(jsonOption('print the address as one JSON line'))
  .action(async ({ workers = 1, restarts = 0, ...options }: ServeOptions) => {
    if (workers === 1 && restarts > 0) {
      throw new UsageError('--restarts needs --workers of 2 or more.')
    }
    const { runWebHost } = await import('../web/run.ts')
    const asked = workers > 1 ? { workers, restarts, mayTrainAlone: true } : undefined
    await runWebHost({ ...options, workers: asked })
  })
