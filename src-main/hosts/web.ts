import { parseArgs } from 'node:util'
import { runWebHost, type RunWebHostOptions } from './web/run.ts'

const usage = `Usage: web [options]

  --project DIR      project folder, made when it is missing (default ~/fame-project); may be repeated, and the page then lets you choose
  --projects DIR     folder of projects among which the page lets you choose; each is opened when it is first chosen
  --port N           port to listen on (default 4180, or a free one when that is taken)
  --host ADDRESS     address to listen on (default 127.0.0.1: only this machine)
  --name NAME        another name of this server; may be repeated
  --root DIR         folder besides the project that the browser may index, import from and export to (default: your home folder); may be repeated
  --token-file FILE  keep the address's token in a file instead of making a new token at each start
  --tls-cert FILE    certificate in PEM: serve over HTTPS
  --tls-key FILE     key of that certificate
  --base-path PATH   path that a reverse proxy serves the workbench below, such as /fame
  --trust-proxy ADDR reverse proxy whose X-Forwarded-* are believed; may be repeated
  --open             open the address in the desktop's browser
  --json             print the address as one JSON line
`

function readOptions(): RunWebHostOptions | null {
  try {
    const { values } = parseArgs({
      options: {
        project: { type: 'string', multiple: true },
        projects: { type: 'string' },
        port: { type: 'string' },
        host: { type: 'string' },
        name: { type: 'string', multiple: true },
        root: { type: 'string', multiple: true },
        'token-file': { type: 'string' },
        'tls-cert': { type: 'string' },
        'tls-key': { type: 'string' },
        'base-path': { type: 'string' },
        'trust-proxy': { type: 'string', multiple: true },
        open: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    if (values.help) return null
    return {
      ...values,
      tokenFile: values['token-file'],
      tlsCert: values['tls-cert'],
      tlsKey: values['tls-key'],
      basePath: values['base-path'],
      trustProxy: values['trust-proxy'],
      port: values.port === undefined ? undefined : readPort(values.port),
    }
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
