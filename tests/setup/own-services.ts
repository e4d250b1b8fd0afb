// For tests that kill, pause or fill a server: one of their own, gone when the test (or the file) is over.
import { existsSync, rmSync, statfsSync } from 'node:fs'
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
const SHARED_MEMORY = '/dev/shm'
const MEMORY_BYTES_MIN = 4 * 1024 ** 3
let made = 0

/**
 * Where the data lie. `memory`: in the machine's, where it has enough: who kills processes, and no machines, learns nothing from
 * a disk and waits less.
 */
export type DataPlace = 'disk' | 'memory'

/** A TimescaleDB of its own. Call `discard` in afterAll. */
export function ownPostgres(port?: number, place?: DataPlace): Promise<OwnServer> {
  return own('postgres', startPrivatePostgres, port, place)
}

/** A Redis of its own. Call `discard` in afterAll. */
export function ownRedis(port?: number, place?: DataPlace): Promise<OwnServer> {
  return own('redis', startPrivateRedis, port, place)
}

/** The packages that the whole checkout shares. */
export async function sharedPackages() {
  const folder = await reachableFolder(LOCAL, chooseRunAs(), process.env)
  return fetchPackages({ folder, env: process.env, progress: console.log })
}

/** Where the folders of test runs lie, named for their processes. */
export function testFolders(): Record<DataPlace, string> {
  const disk = join(LOCAL, 'test')
  return { disk, memory: enoughMemory() ? join(SHARED_MEMORY, `gelang-test${LOCAL.replaceAll('/', '-')}`) : disk }
}

/** A new folder, swept by the next test run if this one is killed. */
export async function ownFolder(place: DataPlace = 'disk'): Promise<string> {
  made++
  return reachableFolder(join(testFolders()[place], `${process.pid}-${made}`), chooseRunAs(), process.env)
}

function enoughMemory(): boolean {
  if (!existsSync(SHARED_MEMORY)) return false
  const { bavail, bsize } = statfsSync(SHARED_MEMORY)
  return bavail * bsize >= MEMORY_BYTES_MIN
}

async function own(
  name: string,
  start: typeof startPrivateRedis,
  port?: number,
  place?: DataPlace,
): Promise<OwnServer> {
  const base = await ownFolder(place)
  const folder = join(base, name)
  const server = await start({ packages: await sharedPackages(), folder, ...(port === undefined ? {} : { port }) })
  const discard = async () => {
    await server.stop()
    rmSync(base, { recursive: true, force: true })
  }
  return Object.defineProperties({ folder, discard }, Object.getOwnPropertyDescriptors(server)) as OwnServer
}
