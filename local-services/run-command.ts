import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { ServiceError } from './service-error.ts'

type RunOptions = {
  env: NodeJS.ProcessEnv
  cwd?: string
  uid?: number
  gid?: number
  timeoutMs?: number
  input?: string
  /** Lines that the program writes to file descriptor 3. */
  onStatusLine?: (line: string) => void
}

type CommandResult = { code: number; output: string }

const OUTPUT_CHARS_MAX = 1_000_000
const TIMEOUT_MS_DEFAULT = 120_000

/**
 * Runs a program to its end and gives its exit code (124 when it was cut off for time, 127 when it is not there) and what it wrote,
 * stdout and stderr as they came, the newest million characters.
 */
export function runCommand(program: string, args: readonly string[], options: RunOptions): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: options.env,
      stdio: ['pipe', 'pipe', 'pipe', options.onStatusLine ? 'pipe' : 'ignore'],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.uid === undefined ? {} : { uid: options.uid }),
      ...(options.gid === undefined ? {} : { gid: options.gid }),
    })
    let output = ''
    let late = false
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, options.timeoutMs ?? TIMEOUT_MS_DEFAULT)
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-OUTPUT_CHARS_MAX)
    }
    child.stdout?.on('data', collect)
    child.stderr?.on('data', collect)
    if (options.onStatusLine) eachLine(child.stdio[3] as Readable, options.onStatusLine)
    child.stdin?.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') reject(error)
    })
    child.stdin?.end(options.input ?? '')
    child.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      if (error.code === 'ENOENT') resolve({ code: 127, output: `${program}: not found` })
      else reject(cannotRun(program, error))
    })
    child.once('close', (code) => {
      clearTimeout(timer)
      if (late) resolve({ code: 124, output: `${output}\n${program}: took too long` })
      else resolve({ code: code ?? 128, output })
    })
  })
}

function eachLine(stream: Readable, onLine: (line: string) => void): void {
  let rest = ''
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString('utf8')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  })
}

function cannotRun(program: string, error: NodeJS.ErrnoException): Error {
  if (error.code !== 'EPERM' && error.code !== 'EINVAL' && error.code !== 'EACCES') return error
  return new ServiceError(
    'no-permission',
    `${program} could not be started (${error.code}).`,
    'Run as an ordinary user, or as root where other user ids may be used.',
    String(error),
    { cause: error },
  )
}
