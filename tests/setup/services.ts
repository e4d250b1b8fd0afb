// Every test run has a TimescaleDB and a Redis: those given in the environment, else private ones that are gone when it ends.
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { discardServices, ensureServices, servicesOwned } from '../../local-services/ensure-services.ts'
import { processOf } from '../../local-services/running-process.ts'

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
  process.env.REDIS_URL = services.redisUrl
  return async () => {
    await discardServices({ folder, env })
    await discardAbandoned()
  }
}

/** Servers and folders of test runs and workers that are no more. */
async function discardAbandoned(): Promise<void> {
  for (const name of existsSync(TEST) ? readdirSync(TEST) : []) {
    const folder = join(TEST, name)
    if (!processOf(Number.parseInt(name, 10)) && !servicesOwned(folder))
      await discardServices({ folder, env: process.env })
  }
}
