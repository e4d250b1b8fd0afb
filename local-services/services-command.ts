// `gelang services up|down|status` and the services of `npm run demo`: one place for their data, `.local/data`.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readDockerAddress } from './docker-services.ts'
import { type EnsureOptions, ensureServices, type Services, stopServices } from './ensure-services.ts'
import { runningIn } from './server-instance.ts'
import { postgresUrl } from './start-postgres.ts'
import { redisUrl } from './start-redis.ts'
import { chooseRunAs, reachableFolder } from './unprivileged-user.ts'

type ServicesStatus = {
  how: Services['how']
  /** Undefined while it does not run. */
  databaseUrl: string | undefined
  redisUrl: string | undefined
}

type CommandOptions = Pick<EnsureOptions, 'folder' | 'packagesFolder' | 'env' | 'progress'>

/** Starts both and leaves them running when this process ends. The addresses hold the password. Throws ServiceError. */
export async function servicesUp(options: CommandOptions): Promise<Services> {
  return ensureServices({ ...options, keep: true })
}

/** Ends both, whichever process started them; the data stay. True when something ran. */
export async function servicesDown(options: Pick<CommandOptions, 'folder' | 'env'>): Promise<boolean> {
  return stopServices(options)
}

/** What runs on the data of this folder, and where. Starts nothing. */
export async function servicesStatus(options: Pick<CommandOptions, 'folder' | 'env'>): Promise<ServicesStatus> {
  const { folder, env } = options
  const given = { databaseUrl: env.DATABASE_URL || undefined, redisUrl: env.REDIS_URL || undefined }
  if (given.databaseUrl && given.redisUrl) return { how: 'given', ...given }
  if (!existsSync(folder)) return { how: 'private', ...given }
  const docker = await readDockerAddress(folder, env)
  if (docker) return { how: 'docker', ...docker }
  const reachable = await reachableFolder(folder, chooseRunAs(), env)
  const postgres = runningIn(join(reachable, 'postgres'))
  const redis = runningIn(join(reachable, 'redis'))
  return {
    how: 'private',
    databaseUrl: given.databaseUrl ?? (postgres && postgresUrl(join(reachable, 'postgres'), postgres.port)),
    redisUrl: given.redisUrl ?? (redis && redisUrl(join(reachable, 'redis'), redis.port)),
  }
}
