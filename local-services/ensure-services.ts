import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import {
  beganInDocker,
  discardDockerServices,
  dockerAnswers,
  startDockerServices,
  stopDockerServices,
} from './docker-services.ts'
import { fetchPackages } from './fetch-packages.ts'
import { withFolderLock } from './folder-lock.ts'
import { isAlive, type ProcessId, processOf, readRecord, writeRecord } from './running-process.ts'
import { stopServer } from './server-instance.ts'
import { ServiceError, withSentences } from './service-error.ts'
import { startPrivatePostgres } from './start-postgres.ts'
import { startPrivateRedis } from './start-redis.ts'
import { chooseRunAs, reachableFolder } from './unprivileged-user.ts'

export type EnsureOptions = {
  /** Where the services keep their data, e.g. `.local/data`. */
  folder: string
  /** Where downloaded packages are kept for all; the folder above by default. */
  packagesFolder?: string
  /** DATABASE_URL, REDIS_URL, and PATH and proxies for the programs that are called. */
  env: NodeJS.ProcessEnv
  /** Gets a sentence whenever something is going on that takes time. */
  progress: (sentence: string) => void
  /** They stay when this process ends, until somebody stops them (`gelang services up`). */
  keep?: boolean
}

type Place = Pick<EnsureOptions, 'folder' | 'env'>

export type Services = {
  databaseUrl: string
  redisUrl: string
  how: 'given' | 'docker' | 'private'
  /** Ends them, unless they were given, are in use by another process or are to stay. The data stay. */
  stop(): Promise<void>
}

/** Who answers for the services of a folder: a process, or nobody (`keep`). */
type Owner = { keep: true } | { keep: false; process: ProcessId }

const POSTGRES = { name: 'PostgreSQL', stopSignal: 'SIGINT' } as const
const REDIS = { name: 'Redis', stopSignal: 'SIGTERM' } as const

/**
 * A TimescaleDB and a Redis: those given in the environment; else containers where a Docker engine answers; else private packages.
 * Services that an earlier process left running on the same folder are taken over. Throws ServiceError.
 */
export async function ensureServices(options: EnsureOptions): Promise<Services> {
  const { env, progress } = options
  const given = { databaseUrl: env.DATABASE_URL || undefined, redisUrl: env.REDIS_URL || undefined }
  if (given.databaseUrl && given.redisUrl)
    return { databaseUrl: given.databaseUrl, redisUrl: given.redisUrl, how: 'given', stop: () => Promise.resolve() }
  return withSentences(options.folder, async () => {
    mkdirSync(options.folder, { recursive: true })
    const waiting = () => progress('Another process is starting the same services; waiting for it.')
    return withFolderLock(options.folder, 'services', waiting, async () => {
      const started = (await inDocker(options)) ?? (await fromPackages(options, given))
      takeOver(options.folder, options.keep ?? false)
      return {
        databaseUrl: given.databaseUrl ?? started.databaseUrl,
        redisUrl: given.redisUrl ?? started.redisUrl,
        how: started.how,
        stop: async () => {
          if (ownedByThisProcess(options.folder)) await stopServices(options)
        },
      }
    })
  })
}

/** Ends whatever runs for this folder. True when something did. */
export async function stopServices({ folder, env }: Place): Promise<boolean> {
  return lockedIfThere(folder, () => stopAll({ folder, env }))
}

/** Ends them and deletes their data. */
export async function discardServices({ folder, env }: Place): Promise<boolean> {
  return lockedIfThere(folder, async () => {
    const ended = await stopAll({ folder, env })
    await discardDockerServices(folder, env)
    rmSync(await reachableFolder(folder, chooseRunAs(), env), { recursive: true, force: true })
    rmSync(folder, { recursive: true, force: true })
    return ended
  })
}

async function lockedIfThere(folder: string, work: () => Promise<boolean>): Promise<boolean> {
  return existsSync(folder) ? withFolderLock(folder, 'services', () => undefined, work) : false
}

async function stopAll({ folder, env }: Place): Promise<boolean> {
  const reachable = await reachableFolder(folder, chooseRunAs(), env)
  const ended = await Promise.all([
    stopServer(REDIS, join(reachable, 'redis')),
    stopServer(POSTGRES, join(reachable, 'postgres')),
    stopDockerServices(folder, env),
  ])
  rmSync(ownerFile(folder), { force: true })
  return ended.includes(true)
}

/** True while a living process (or `services up`) answers for the services of this folder. */
export function servicesOwned(folder: string): boolean {
  const owner = readRecord<Owner>(ownerFile(folder))
  return owner !== undefined && (owner.keep || isAlive(owner.process))
}

async function inDocker({ folder, env, progress }: EnsureOptions) {
  const beganPrivate = existsSync(join(await reachableFolder(folder, chooseRunAs(), env), 'postgres'))
  if (beganPrivate) return undefined
  if (!(await dockerAnswers(env))) {
    if (!beganInDocker(folder)) return undefined
    throw new ServiceError(
      'docker-away',
      `The data of ${folder} are in Docker, and its engine does not answer.`,
      `Start the engine and run this again, or remove ${join(folder, 'docker.json')} to begin anew without Docker.`,
    )
  }
  const urls = await startDockerServices(folder, env, progress)
  return urls && { ...urls, how: 'docker' as const }
}

async function fromPackages(
  options: EnsureOptions,
  given: { databaseUrl: string | undefined; redisUrl: string | undefined },
) {
  const { env, progress } = options
  const runAs = chooseRunAs()
  const folder = await reachableFolder(options.folder, runAs, env)
  if (folder !== resolve(options.folder))
    progress(`PostgreSQL may not enter ${resolve(options.folder)}; its data are in ${folder}.`)
  const shared = await reachableFolder(options.packagesFolder ?? dirname(resolve(options.folder)), runAs, env)
  const packages = await fetchPackages({ folder: shared, env, progress })
  const starts = await Promise.allSettled([
    given.databaseUrl ? undefined : startPrivatePostgres({ packages, folder: join(folder, 'postgres'), runAs }),
    given.redisUrl ? undefined : startPrivateRedis({ packages, folder: join(folder, 'redis'), runAs }),
  ])
  const failed = starts.find((start) => start.status === 'rejected')
  if (failed) {
    // Neither is left running alone; one that another process has been using is.
    for (const start of starts)
      if (start.status === 'fulfilled' && start.value?.found === false) await start.value.stop()
    throw failed.reason
  }
  const [databaseUrl, redisUrl] = starts.map((start) => (start.status === 'fulfilled' && start.value?.url) || '')
  return { databaseUrl: databaseUrl as string, redisUrl: redisUrl as string, how: 'private' as const }
}

function takeOver(folder: string, keep: boolean): void {
  if (!keep && servicesOwned(folder)) return
  const owner: Owner = keep ? { keep } : { keep, process: processOf(process.pid) as ProcessId }
  writeRecord(ownerFile(folder), owner)
}

function ownedByThisProcess(folder: string): boolean {
  const owner = readRecord<Owner>(ownerFile(folder))
  return owner?.keep === false && owner.process.pid === process.pid && isAlive(owner.process)
}

function ownerFile(folder: string): string {
  return join(folder, 'owner.json')
}
