import { createHash } from 'node:crypto'
import { chownSync, existsSync, lstatSync, mkdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { runCommand } from './run-command.ts'
import { ServiceError } from './service-error.ts'

/** The user of the services. PostgreSQL refuses to run as root. */
export type RunAs = { uid?: number; gid?: number }

/** Root gives way to the user `postgres`, else `nobody`; anyone else stays who they are. */
export function chooseRunAs(): RunAs {
  if (process.getuid?.() !== 0) return {}
  const passwd = readFileSync('/etc/passwd', 'utf8')
  for (const name of ['postgres', 'nobody']) {
    const line = passwd.split('\n').find((one) => one.startsWith(`${name}:`))
    const [, , uid, gid] = line?.split(':') ?? []
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new ServiceError(
    'no-permission',
    'PostgreSQL does not run as root, and this machine has neither a user "postgres" nor "nobody".',
    'Run as an ordinary user, or add one of them.',
  )
}

/**
 * The folder itself where the services' user can reach it, else (a home that only root may enter) a folder of the same purpose under
 * /var/tmp, always the same for the same folder. Makes it.
 */
export async function reachableFolder(folder: string, runAs: RunAs, env: NodeJS.ProcessEnv): Promise<string> {
  const wanted = resolve(folder)
  mkdirSync(wanted, { recursive: true, mode: 0o755 })
  if (runAs.uid === undefined) return wanted
  const test = await runCommand('/bin/sh', ['-c', 'test -x "$1"', 'sh', wanted], { env, cwd: '/', ...runAs })
  if (test.code === 0) return wanted
  const name = `gelang-${createHash('sha256').update(wanted).digest('hex').slice(0, 16)}`
  const elsewhere = join(existsSync('/var/tmp') ? '/var/tmp' : tmpdir(), name)
  mkdirSync(elsewhere, { recursive: true, mode: 0o755 })
  const found = lstatSync(elsewhere)
  if (!found.isDirectory() || found.uid !== process.getuid?.())
    throw new ServiceError(
      'no-permission',
      `${elsewhere} is there already and belongs to someone else.`,
      'Remove it and run this again.',
    )
  return elsewhere
}

/** Gives a file or folder to the services' user. */
export function giveTo(path: string, runAs: RunAs): void {
  if (runAs.uid !== undefined && runAs.gid !== undefined) chownSync(path, runAs.uid, runAs.gid)
}
