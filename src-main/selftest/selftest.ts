import os from 'node:os'
import { graphicsProcessor } from '../base/processes/hardware.ts'
import { installationFolder, workbenchVersion } from '../base/processes/installation.ts'
import { allChecks } from './checks/index.ts'
import { systemName, withoutPrivate } from './private.ts'
import type { Machine, Report } from './report.ts'
import { runChecks, type CheckFacts, type RunOptions } from './run-checks.ts'

/** The checks whose ids begin with one of the given words; all of them without any. */
export function checksNamed(starts: readonly string[]): CheckFacts[] {
  const checks = allChecks().map(({ id, title, precision }) => ({ id, title, precision }))
  if (starts.length === 0) return checks
  return checks.filter(({ id }) => starts.some((start) => id.startsWith(start)))
}

/**
 * Compares this device with the figures of independent implementations and with itself. Checks fail by
 * themselves: this throws only where it is aborted.
 */
export async function selftest(options: RunOptions): Promise<Report> {
  const started = performance.now()
  const date = new Date().toISOString().slice(0, 10)
  const [machine, { outcomes, engine }] = [await machineHere(), await runChecks(options)]
  return {
    format: 'fame-selftest-1',
    workbench: workbenchVersion(installationFolder()),
    date,
    seconds: (performance.now() - started) / 1e3,
    machine,
    engine,
    outcomes: outcomes.map((outcome) => withoutPrivate(outcome)),
  }
}

async function machineHere(): Promise<Machine> {
  const gpu = await graphicsProcessor()
  const cpus = os.cpus()
  return {
    platform: systemName(os.type(), os.release(), os.arch()),
    processor: cpus[0]?.model.trim() || os.arch(),
    threads: cpus.length,
    usableThreads: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    gpu: gpu && { name: gpu.name, memoryBytes: gpu.memory },
    node: process.versions.node,
  }
}
