// For tests that kill, pause or fill a server: one of their own, gone when the test (or the file) is over.
import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fetchPackages } from '../../local-services/fetch-packages.ts'
import type { ServerInstance } from '../../local-services/server-instance.ts'
import { startPrivatePostgres } from '../../local-services/start-postgres.ts'
import { startPrivateRedis } from '../../local-services/start-redis.ts'
import { chooseRunAs, reachableFolder } from '../../local-services/unprivileged-user.ts'

export type OwnServer = ServerInstance & {
  /** Its folder; the data lie in it. */
  folder: string
  /** Ends it and deletes its data. */
  discard(): Promise<void>
}

const LOCAL = resolve(import.meta.dirname, '../../.local')
let made = 0

/** A TimescaleDB of its own. Call `discard` in afterAll. */
export function ownPostgres(port?: number): Promise<OwnServer> {
  return own('postgres', startPrivatePostgres, port)
}

/** A Redis of its own. Call `discard` in afterAll. */
export function ownRedis(port?: number): Promise<OwnServer> {
  return own('redis', startPrivateRedis, port)
}

/** The packages that the whole checkout shares. */
export async function sharedPackages() {
  const folder = await reachableFolder(LOCAL, chooseRunAs(), process.env)
  return fetchPackages({ folder, env: process.env, progress: console.log })
}

/** A new folder under `.local/test`, swept by the next test run if this one is killed. */
export async function ownFolder(): Promise<string> {
  made++
  return reachableFolder(join(LOCAL, 'test', `${process.pid}-${made}`), chooseRunAs(), process.env)
}

async function own(name: string, start: typeof startPrivateRedis, port?: number): Promise<OwnServer> {
  const base = await ownFolder()
  const folder = join(base, name)
  const server = await start({ packages: await sharedPackages(), folder, ...(port === undefined ? {} : { port }) })
  const discard = async () => {
    await server.stop()
    rmSync(base, { recursive: true, force: true })
  }
  return Object.defineProperties({ folder, discard }, Object.getOwnPropertyDescriptors(server)) as OwnServer
}
