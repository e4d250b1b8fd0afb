// A Redis Cluster of one node, which refuses keys of two slots in one step just as many would.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pickPort } from '../../local-services/pick-port.ts'
import { connectRedis, untilReady } from '../../stream/redis/connect.ts'
import { ownFolder, sharedPackages } from './own-services.ts'
import { waitFor } from './patience.ts'
import { PATIENCE_MS } from './patience-ms.ts'
import { silentLog } from './test-redis.ts'

export type OneNodeCluster = { url: string; discard(): Promise<void> }

export async function startOneNodeCluster(): Promise<OneNodeCluster> {
  const { redisServer } = await sharedPackages()
  const folder = await ownFolder()
  const dir = join(folder, 'cluster')
  mkdirSync(dir, { recursive: true })
  const port = await pickPort()
  const node = spawn(
    redisServer,
    [
      ...['--port', String(port), '--cluster-port', String(await pickPort()), '--bind', '127.0.0.1', '--dir', dir],
      ...['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'],
      ...['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''],
    ],
    { stdio: 'ignore' },
  )
  const url = `redis://127.0.0.1:${port}`
  const plain = connectRedis({ url, prefix: 'x' }, 'setup', silentLog)
  await untilReady(plain, PATIENCE_MS)
  await plain.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
  await waitFor(async () => refuseUnlessWhole(String(await plain.call('CLUSTER', 'INFO'))))
  plain.disconnect()
  return {
    url,
    async discard() {
      if (node.kill('SIGKILL')) await once(node, 'exit')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function refuseUnlessWhole(info: string): void {
  if (!info.includes('cluster_state:ok')) throw new Error(info)
}
