import { connect } from 'node:net'
import { resolve } from 'node:path'
import type { Packages } from './fetch-packages.ts'
import type { ProcessId } from './running-process.ts'
import { type ServerInstance, type ServerKind, startServer } from './server-instance.ts'
import { chooseRunAs, type RunAs } from './unprivileged-user.ts'

export type StartOptions = { packages: Packages; folder: string; port?: number; runAs?: RunAs }

const ANSWER_MS_MAX = 2_000

/** A Redis of its own: everything written is on disk before it is answered, nothing is evicted. Throws ServiceError. */
export async function startPrivateRedis(options: StartOptions): Promise<ServerInstance> {
  const { packages, port } = options
  const folder = resolve(options.folder)
  const kind: ServerKind = {
    name: 'Redis',
    program: packages.redisServer,
    args: (on) => [
      ...['--bind', '127.0.0.1', '--port', String(on), '--protected-mode', 'yes', '--dir', folder],
      ...['--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--maxmemory-policy', 'noeviction'],
      ...['--daemonize', 'no', '--logfile', '', '--tcp-backlog', '128'],
    ],
    prepare: () => Promise.resolve(),
    ready: answers,
    stopSignal: 'SIGTERM',
    url: redisUrl,
  }
  return startServer(kind, folder, options.runAs ?? chooseRunAs(), port)
}

export function redisUrl(port: number): string {
  return `redis://127.0.0.1:${port}`
}

/** It is that process, and it answers commands: a Redis that still reads its log again says -LOADING. */
function answers({ pid }: ProcessId, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    let answer = ''
    const end = (ready: boolean) => {
      socket.destroy()
      resolve(ready)
    }
    socket.setTimeout(ANSWER_MS_MAX, () => end(false))
    socket.once('error', () => end(false))
    socket.once('close', () => end(false))
    socket.once('connect', () => socket.write('INFO server\r\nPING\r\n'))
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
      if (answer.endsWith('+PONG\r\n')) end(answer.includes(`\nprocess_id:${pid}\r`))
      else if (/\n-[A-Z]+ [^\n]*\r\n$/.test(answer)) end(false)
    })
  })
}
