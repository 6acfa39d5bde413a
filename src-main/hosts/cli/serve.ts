import { Command } from 'commander'
import { jsonOption, projectOption, wholeNumber } from './arguments.ts'

interface ServeOptions {
  project: string
  port?: number
  host: string
  json: boolean
}

export const serveCommand = new Command('serve')
  .description('serve the workbench to a browser until it is interrupted')
  .addOption(projectOption())
  .option('--port <n>', 'port to listen on (default: 4180, or a free one)', wholeNumber(0, 65_535))
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .addOption(jsonOption('print the address as one JSON line'))
  .action(async (options: ServeOptions) => {
    const { runWebHost } = await import('../web/run.ts')
    await runWebHost(options)
  })
