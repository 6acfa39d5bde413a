import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const programs = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'scontrol', 'scancel']

/** Why no Slurm can be started here; null where it can. Debian: slurmctld, slurmd, slurm-client, munge. */
export function whyNoSlurm(): string | null {
  const PATH = `${process.env.PATH}:/usr/sbin:/sbin`
  const missing = programs.filter(
    (program) => spawnSync('sh', ['-c', `command -v ${program}`], { env: { PATH } }).status !== 0,
  )
  if (missing.length > 0) return `${missing.join(', ')} not installed`
  return process.getuid?.() === 0 ? null : 'slurmd needs root'
}

/** A Slurm with this machine as its only node, of its own: other daemons and files are left alone. */
export class SingleNodeSlurm {
  readonly folder: string
  readonly environment: NodeJS.ProcessEnv
  private readonly daemons: ChildProcess[] = []

  constructor(folder: string) {
    this.folder = folder
    const PATH = `${process.env.PATH}:/usr/sbin:/sbin`
    this.environment = { ...process.env, PATH, SLURM_CONF: join(folder, 'slurm.conf') }
  }

  async start(): Promise<void> {
    const { folder } = this
    for (const name of ['state', 'spool', 'munge']) {
      mkdirSync(join(folder, name), { mode: 0o700 })
    }
    writeFileSync(join(folder, 'munge', 'key'), randomBytes(1024), { mode: 0o400 })
    writeFileSync(join(folder, 'slurm.conf'), await configuration(folder))
    const munge = (name: string): string => join(folder, 'munge', name)
    this.daemon('munged', [
      '--foreground',
      '--force',
      `--key-file=${munge('key')}`,
      `--socket=${munge('socket')}`,
      `--pid-file=${munge('pid')}`,
      `--seed-file=${munge('seed')}`,
    ])
    await delay(1000)
    this.daemon('slurmctld', ['-D'])
    this.daemon('slurmd', ['-D'])
    await this.until(() => this.run('sinfo', '-h', '-o', '%T').trim() === 'idle')
  }

  /** Runs one of Slurm's commands; what it prints. */
  run(command: string, ...args: string[]): string {
    const { stdout, stderr, status } = spawnSync(command, args, {
      env: this.environment,
      cwd: this.folder,
      encoding: 'utf8',
    })
    if (status !== 0 && command !== 'sinfo') throw new Error(`${command}: ${stderr}`)
    return stdout
  }

  async until(isSo: () => boolean, seconds = 90): Promise<void> {
    const end = Date.now() + seconds * 1000
    while (!isSo()) {
      if (Date.now() > end) throw new Error('Slurm has not come so far in time.')
      await delay(200)
    }
  }

  async stop(): Promise<void> {
    for (const daemon of this.daemons.toReversed()) {
      daemon.kill('SIGTERM')
      await Promise.race([new Promise((resolve) => daemon.once('exit', resolve)), delay(10_000)])
      daemon.kill('SIGKILL')
    }
  }

  private daemon(program: string, args: string[]): void {
    const { environment: env, folder: cwd } = this
    this.daemons.push(spawn(program, args, { env, cwd, stdio: 'ignore' }))
  }
}

/** Slurm starts a job that is queued again once its credential has expired: after 15 s here. */
async function configuration(folder: string): Promise<string> {
  const [controller, node] = [await freePort(), await freePort()]
  return `ClusterName=test
SlurmctldHost=${hostname()}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${folder}/munge/socket,cred_expire=15
CredType=cred/munge
MpiDefault=none
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SwitchType=switch/none
ReturnToService=2
SlurmctldPort=${controller}
SlurmdPort=${node}
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
NodeName=${hostname()} NodeAddr=127.0.0.1 CPUs=2 RealMemory=1000 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
