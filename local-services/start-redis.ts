import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join, resolve } from 'node:path'
import type { Packages } from './fetch-packages.ts'
import type { ProcessId } from './running-process.ts'
import { type ServerInstance, type ServerKind, startServer } from './server-instance.ts'
import { chooseRunAs, giveTo, type RunAs } from './unprivileged-user.ts'

export type StartOptions = { packages: Packages; folder: string; port?: number; runAs?: RunAs }

/** The user who may do everything; nobody without a password may do anything. */
export const REDIS_USER = 'gelang'
const ANSWER_MS_MAX = 2_000

/**
 * A Redis of its own: everything written is on disk before it is answered, nothing is evicted. Its password is made at the first
 * start and kept beside the data. Throws ServiceError.
 */
export async function startPrivateRedis(options: StartOptions): Promise<ServerInstance> {
  const { packages, port } = options
  const folder = resolve(options.folder)
  const runAs = options.runAs ?? chooseRunAs()
  const kind: ServerKind = {
    name: 'Redis',
    program: packages.redisServer,
    args: (on) => [
      ...['--bind', '127.0.0.1', '--port', String(on), '--protected-mode', 'yes', '--dir', folder],
      ...['--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--maxmemory-policy', 'noeviction'],
      ...['--daemonize', 'no', '--logfile', '', '--tcp-backlog', '128', '--aclfile', usersFile(folder)],
    ],
    prepare: async () => makeUsers(folder, runAs),
    ready: (process, on) => answers(process, on, passwordIn(folder)),
    stopSignal: 'SIGTERM',
    url: (on) => redisUrl(folder, on),
  }
  return startServer(kind, folder, runAs, port)
}

/** The address with the password that lies in the server's folder. */
export function redisUrl(folder: string, port: number): string {
  return `redis://${REDIS_USER}:${passwordIn(folder)}@127.0.0.1:${port}`
}

/** A file of users for a Redis: one who may do everything with `password`, and no others. Of the password it holds a digest. */
function usersFileText(password: string): string {
  const digest = createHash('sha256').update(password).digest('hex')
  return `user default off resetpass ~* &* +@all\nuser ${REDIS_USER} on #${digest} ~* &* +@all\n`
}

/** Users that others were made meanwhile stay: Redis itself writes the file. */
function makeUsers(folder: string, runAs: RunAs): void {
  if (existsSync(usersFile(folder)) && existsSync(passwordFile(folder))) return
  const password = randomBytes(24).toString('base64url')
  for (const [path, text] of [
    [usersFile(folder), usersFileText(password)],
    [passwordFile(folder), `${password}\n`],
  ] as const) {
    writeFileSync(path, text, { mode: 0o600 })
    giveTo(path, runAs)
  }
}

function usersFile(folder: string): string {
  return join(folder, 'users.acl')
}

function passwordFile(folder: string): string {
  return join(folder, 'password')
}

function passwordIn(folder: string): string {
  return existsSync(passwordFile(folder)) ? readFileSync(passwordFile(folder), 'utf8').trim() : ''
}

/** It is that process, and it answers commands: a Redis that still reads its log again says -LOADING. */
function answers({ pid }: ProcessId, port: number, password: string): Promise<boolean> {
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
    socket.once('connect', () => socket.write(`AUTH ${REDIS_USER} ${password}\r\nINFO server\r\nPING\r\n`))
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
      if (answer.endsWith('+PONG\r\n')) end(answer.includes(`\nprocess_id:${pid}\r`))
      else if (/(^|\n)-[A-Z]+ [^\n]*\r\n$/.test(answer)) end(false)
    })
  })
}
