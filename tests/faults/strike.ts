// Lets faults happen at their moments.
import { type Fault, targetOf } from './choose-faults.ts'
import { until } from './eventually.ts'
import type { LogDisk } from './log-disk.ts'
import type { WorldServer } from './serve-world.ts'
import type { World } from './world.ts'

export type Struck = {
  world: World
  server: WorldServer
  /** Absent where none can be mounted: a full disk is left out then. */
  disk: LogDisk | undefined
  /** Of `performance.now()`: the moment from which faults count. */
  beginMs: number
}

/** Each at its moment, but none before what it strikes is mended from the one before. All are over when this settles. */
export async function strikeAll(faults: readonly Fault[], struck: Struck): Promise<void> {
  const last = new Map<string, Promise<void>>()
  for (const fault of faults) {
    const before = last.get(targetOf(fault)) ?? Promise.resolve()
    last.set(
      targetOf(fault),
      until(struck.beginMs + fault.atMs)
        .then(() => before)
        .then(() => strike(fault, struck)),
    )
  }
  const over = await Promise.allSettled(last.values())
  const failed = over.find((each) => each.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

async function strike(fault: Fault, { world, server, disk, beginMs }: Struck): Promise<void> {
  const { postgres, redis } = world.servers
  const mended = () => until(beginMs + fault.atMs + fault.forMs)
  switch (fault.kind) {
    case 'kill': {
      const process = server.processes.get(fault.what)!
      await process.kill9()
      await mended()
      process.start()
      return
    }
    case 'pause': {
      const process = server.processes.get(fault.what)!
      process.pause()
      await mended()
      process.resume()
      return
    }
    case 'redis-kill':
      await redis.kill9()
      await mended()
      return redis.startAgain()
    case 'redis-disk-full':
      return disk?.fillFor(fault.forMs)
    case 'store-kill':
      await postgres.kill9()
      await mended()
      return postgres.startAgain()
    case 'store-stop':
      await postgres.stop()
      await mended()
      return postgres.startAgain()
    case 'cut':
      server.cut(fault.side)
      return
  }
}
