// A Redis Cluster of three masters on loopback, gone with `discard`.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { RedisClient } from '../../stream/redis/connect.ts'
import { connectRedis, untilReady } from '../../stream/redis/connect.ts'
import { eventually } from '../faults/eventually.ts'
import { freePorts } from '../faults/free-ports.ts'
import { ownFolder, sharedPackages } from '../setup/own-services.ts'
import { PATIENCE_MS } from '../setup/patience-ms.ts'
import { silentLog } from '../setup/test-redis.ts'

const NODES = 3
const SLOTS = 16_384

export type ThreeNodes = {
  url: string
  folder: string
  /** Kills a node as a power cut would and starts it again on its own file; resolves when all nodes agree again. */
  killAndRestart(node: number): Promise<void>
  discard(): Promise<void>
}

export async function startThreeNodes(): Promise<ThreeNodes> {
  const { redisServer } = await sharedPackages()
  const folder = await ownFolder()
  const ports = await freePorts(NODES * 2)
  const processes: ChildProcess[] = []
  const clients: RedisClient[] = []
  const discard = async () => {
    for (const client of clients) client.disconnect()
    for (const node of processes)
      if (node.exitCode === null && node.signalCode === null && node.kill('SIGKILL')) await once(node, 'exit')
    rmSync(folder, { recursive: true, force: true })
  }
  const start = (i: number) => startNode(redisServer, join(folder, `node-${i}`), ports[i]!, ports[NODES + i]!)
  const whole = async () => {
    for (const client of clients)
      await eventually(
        async () => {
          if (client.status !== 'ready') return false
          const info = String(await client.call('CLUSTER', 'INFO'))
          return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${NODES}`)
        },
        'the nodes know each other',
        30_000,
      )
  }
  try {
    for (let i = 0; i < NODES; i++) {
      processes.push(start(i))
      const url = `redis://127.0.0.1:${ports[i]}`
      const client = connectRedis({ url, prefix: 'x' }, 'setup', silentLog)
      clients.push(client)
      await untilReady(client, PATIENCE_MS)
      const from = Math.floor((i * SLOTS) / NODES)
      await client.call('CLUSTER', 'ADDSLOTSRANGE', from, Math.floor(((i + 1) * SLOTS) / NODES) - 1)
    }
    for (let i = 1; i < NODES; i++) await clients[0]!.call('CLUSTER', 'MEET', '127.0.0.1', ports[i]!, ports[NODES + i]!)
    await whole()
  } catch (error) {
    await discard()
    throw error
  }
  return {
    url: `redis://127.0.0.1:${ports[0]}`,
    folder,
    async killAndRestart(i) {
      const node = processes[i]!
      node.kill('SIGKILL')
      if (node.exitCode === null && node.signalCode === null) await once(node, 'exit')
      processes[i] = start(i)
      await whole()
    },
    discard,
  }
}

function startNode(program: string, dir: string, port: number, busPort: number): ChildProcess {
  mkdirSync(dir, { recursive: true })
  const settings: Record<string, string> = {
    port: String(port),
    'cluster-port': String(busPort),
    bind: '127.0.0.1',
    dir,
    'cluster-enabled': 'yes',
    'cluster-announce-ip': '127.0.0.1',
    appendonly: 'yes',
    appendfsync: 'always',
    save: '',
    'maxmemory-policy': 'noeviction',
  }
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
  const node = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const log = createWriteStream(join(dir, 'server.log'), { flags: 'a' })
  node.stdout!.pipe(log, { end: false })
  node.stderr!.pipe(log, { end: false })
  return node
}
