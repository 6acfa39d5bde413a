import { parseArgs } from 'node:util'
import { runWebHost } from './web/run.ts'

const usage = `Usage: web [--project DIR] [--port N] [--host ADDRESS] [--json]

  --project DIR   project folder, made when it is missing (default ~/fame-project)
  --port N        port to listen on (default 4180, or a free one when that is taken)
  --host ADDRESS  address to listen on (default 127.0.0.1: this machine alone)
  --json          print the address as one JSON line
`

function readOptions(): { project?: string; port?: number; host?: string; json?: boolean } | null {
  try {
    const { values } = parseArgs({
      options: {
        project: { type: 'string' },
        port: { type: 'string' },
        host: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    if (values.help) return null
    return { ...values, port: values.port === undefined ? undefined : readPort(values.port) }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}`)
    process.exit(2)
  }
}

function readPort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new Error(`--port is '${text}': expected a whole number from 0 to 65535.`)
}

const options = readOptions()
if (options === null) {
  process.stdout.write(usage)
} else {
  try {
    await runWebHost(options)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 1
  }
}
