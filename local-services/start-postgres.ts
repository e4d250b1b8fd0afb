import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { runCommand } from './run-command.ts'
import type { ProcessId } from './running-process.ts'
import { type ServerInstance, type ServerKind, startServer } from './server-instance.ts'
import { diskFull, lastLines, requireSpace, ServiceError } from './service-error.ts'
import type { StartOptions } from './start-redis.ts'
import { chooseRunAs, giveTo, type RunAs } from './unprivileged-user.ts'

const POSTGRES_USER = 'gelang'
const POSTGRES_DATABASE = 'gelang'

const MIB = 1024 * 1024
const BYTES_NEEDED = 128 * MIB

/** A PostgreSQL with TimescaleDB of its own, its password made at the first start and kept beside the data. Throws ServiceError. */
export async function startPrivatePostgres(options: StartOptions): Promise<ServerInstance> {
  const { packages, port } = options
  const folder = resolve(options.folder)
  const runAs = options.runAs ?? chooseRunAs()
  const data = join(folder, 'data')
  const kind: ServerKind = {
    name: 'PostgreSQL',
    program: join(packages.postgresBin, 'postgres'),
    args: (on) => ['-D', data, '-c', `port=${on}`, ...settings()],
    prepare: async () => {
      if (!existsSync(data)) await createCluster(packages.postgresBin, folder, data, runAs)
      // After a crash it may name a process that is something else by now, and PostgreSQL would refuse to start.
      rmSync(join(data, 'postmaster.pid'), { force: true })
    },
    ready: async (process) => readyIn(data, process),
    stopSignal: 'SIGINT',
    url: (on) => postgresUrl(folder, on),
  }
  return startServer(kind, folder, runAs, port)
}

/** For a machine with two cores; a quarter of the memory at most. */
function settings(): string[] {
  const sharedMiB = Math.max(64, Math.min(512, Math.floor(totalmem() / MIB / 4)))
  const values: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    shared_preload_libraries: 'timescaledb',
    'timescaledb.telemetry_level': 'off',
    max_connections: '200',
    max_worker_processes: '24',
    max_locks_per_transaction: '256',
    shared_buffers: `${sharedMiB}MB`,
    effective_cache_size: `${sharedMiB * 3}MB`,
    maintenance_work_mem: '128MB',
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    wal_compression: 'lz4',
    random_page_cost: '1.1',
    synchronous_commit: 'on',
    jit: 'off',
    timezone: zone(),
    log_timezone: zone(),
  }
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** PostgreSQL reads the machine's time zone files; where there are none it knows GMT only. */
function zone(): string {
  return existsSync('/usr/share/zoneinfo/UTC') ? 'UTC' : 'GMT'
}

/** Made in a folder beside and renamed, so that an interrupted one is simply made again. */
async function createCluster(bin: string, folder: string, data: string, runAs: RunAs): Promise<void> {
  requireSpace(folder, BYTES_NEEDED)
  const unfinished = `${data}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 })
  giveTo(passwordFile, runAs)
  const run = { env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' }, cwd: folder, ...runAs }
  const encoding = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const access = [`--username=${POSTGRES_USER}`, '--auth=scram-sha-256', `--pwfile=${passwordFile}`]
  const init = await runCommand(
    join(bin, 'initdb'),
    ['-D', unfinished, '--data-checksums', ...encoding, ...access],
    run,
  )
  if (init.code !== 0) throw notCreated(init.output, folder)
  const single = ['--single', '-D', unfinished, '-c', `timezone=${zone()}`, '-c', `log_timezone=${zone()}`, 'postgres']
  const database = await runCommand(join(bin, 'postgres'), single, {
    ...run,
    input: `CREATE DATABASE ${POSTGRES_DATABASE}\n`,
  })
  if (database.code !== 0 || /ERROR|FATAL|PANIC/.test(database.output)) throw notCreated(database.output, folder)
  renameSync(unfinished, data)
}

function notCreated(output: string, folder: string): ServiceError {
  return (
    diskFull(output, folder) ??
    new ServiceError(
      'did-not-start',
      `PostgreSQL could not make its data folder in ${folder}.`,
      'Run this again; it begins anew.',
      lastLines(output),
    )
  )
}

/** The address with the password that lies in the server's folder. */
export function postgresUrl(folder: string, port: number): string {
  const password = readFileSync(join(folder, 'password'), 'utf8').trim()
  return `postgres://${POSTGRES_USER}:${password}@127.0.0.1:${port}/${POSTGRES_DATABASE}`
}

/** PostgreSQL says so in the eighth line of its pid file; its first line must name the process that was started. */
function readyIn(data: string, process: ProcessId): boolean {
  const lines = pidFileLines(data)
  return lines[0] === String(process.pid) && lines[7]?.trim() === 'ready'
}

function pidFileLines(data: string): string[] {
  const path = join(data, 'postmaster.pid')
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
}
