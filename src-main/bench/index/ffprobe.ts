import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'

/** What a shell user would write; `xargs` keeps as many processes running as it is told. */
const LOOP = `xargs -0 -n 1 -P "$1" ffprobe -v error -count_packets -select_streams v:0 \\
  -show_entries stream=nb_read_packets -of csv=p=0`

export interface FfprobeTime {
  version: string
  videos: number
  seconds: number
  videosPerSecond: number
}

/**
 * Times `ffprobe -count_packets` over the files in a shell, one process a file, `processes` at a time.
 * Null where there is no ffprobe, or no file.
 * @throws Error when the shell fails
 */
export async function timeFfprobe(
  files: readonly string[],
  processes: number,
): Promise<FfprobeTime | null> {
  const version = files.length > 0 ? await ffprobeVersion() : null
  if (version === null) return null
  const begun = performance.now()
  const shell = spawn('sh', ['-c', LOOP, 'sh', String(processes)], {
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const ended = once(shell, 'exit')
  shell.stdin.end(files.map((file) => `${file}\0`).join(''))
  const [code] = (await ended) as [number | null]
  if (code !== 0)
    throw new Error(
      `The ffprobe loop ended with code ${code}. Check whether ffprobe runs by itself.`,
    )
  const seconds = (performance.now() - begun) / 1000
  return { version, videos: files.length, seconds, videosPerSecond: files.length / seconds }
}

async function ffprobeVersion(): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)('ffprobe', ['-version'])
    return /version (\S+)/.exec(stdout)?.[1] ?? 'unknown'
  } catch {
    return null
  }
}
