// Every test run has a TimescaleDB and a Redis: those given in the environment, else private ones that are gone when it ends.
import { existsSync, readdirSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { databaseEnvironment } from '../../bench/system/database-environment.ts'
import { discardServices, ensureServices, servicesOwned } from '../../local-services/ensure-services.ts'
import { processOf } from '../../local-services/running-process.ts'
import { unmountBelow } from '../faults/log-disk.ts'
import { testFolders } from './own-services.ts'
import { LOGINS_VARIABLE } from './test-database.ts'

const LOCAL = resolve(import.meta.dirname, '../../.local')
const TEST = join(LOCAL, 'test')

export default async function setup(): Promise<() => Promise<void>> {
  const { env } = process
  await discardAbandoned()
  const folder = join(TEST, String(process.pid))
  const services = await ensureServices({
    folder,
    packagesFolder: LOCAL,
    env,
    progress: (sentence) => console.log(sentence),
  })
  process.env.DATABASE_URL = services.databaseUrl
  // On a server that was given nobody's logins are touched: the tests switch roles there.
  if (services.how !== 'given') {
    await databaseEnvironment(services.databaseUrl)
    process.env[LOGINS_VARIABLE] = '1'
  }
  process.env.REDIS_URL = services.redisUrl
  return async () => {
    await discardServices({ folder, env })
    await discardAbandoned()
  }
}

/** Servers and folders of test runs and workers that are no more. */
export async function discardAbandoned(): Promise<void> {
  const all = new Set(Object.values(testFolders()).flatMap(foldersIn))
  for (const folder of all) {
    if (!processOf(Number.parseInt(basename(folder), 10)) && !servicesOwned(folder)) {
      unmountBelow(folder)
      await discardServices({ folder, env: process.env })
    }
  }
}

function foldersIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []
}
