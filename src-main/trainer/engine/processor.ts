import { readFileSync } from 'node:fs'

/** What this machine's processor can do, as Linux lists it; nothing on another system. */
export function processorFlags(): string {
  try {
    return /^flags\s*:.*$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[0] ?? ''
  } catch {
    return ''
  }
}
