// The server of a run: each role a process of its own, and between fleet and ingest a proxy for every port that cuts.
import { DEVICE_PROTOCOLS } from '../../ingest/protocols/protocols.ts'
import type { WireProtocol } from '../../simulators/devices/wire-device.ts'
import type { ProcessName } from './choose-faults.ts'
import { CuttingProxy, type Side } from './cutting-proxy.ts'
import { ServerProcess } from './server-process.ts'
import { SHARDS, type World } from './world.ts'

/** Short, so that shards move within a script, and long enough for a busy machine. */
const LEASE_TTL_MS = 1500

const UDP_PROTOCOLS = ['jt808', 'laipac', 'teltonika'] as const

const ROLES = {
  ingest: 'ingest',
  'evaluate-1': 'evaluate',
  'evaluate-2': 'evaluate',
  record: 'record',
  api: 'api',
} as const satisfies Record<ProcessName, string>

export type WorldServer = {
  processes: ReadonlyMap<ProcessName, ServerProcess>
  apiUrl: string
  /** Where the fleet speaks to, all through proxies. */
  osmandUrl: string
  gatewayUrl: string
  wirePorts: Record<WireProtocol, number>
  mqttPort: number
  /** Datagrams go past the proxies: the fleet itself loses some. */
  udpPorts: Partial<Record<WireProtocol, number>>
  /** Every connection ends after half of the next chunk of this side. */
  cut(side: Side): void
  cuts(): number
  untilReady(): Promise<void>
  /** Asks every process to end; gives complaints. */
  stop(): Promise<string[]>
}

/** Starts all; `onEnd` hears of a process that ended although nobody asked. */
export async function serveWorld(
  world: World,
  clock: string,
  onEnd: (name: string, how: string) => void,
): Promise<WorldServer> {
  const { ports, logFolder, redis } = world.servers
  const [api, own, osmand, mqtt, ...health] = (await ports.free(4 + Object.keys(ROLES).length)) as [
    number,
    number,
    number,
    number,
  ]
  const targets = new Map<string, number>([
    ['own', own],
    ['mqtt', mqtt],
    ...DEVICE_PROTOCOLS.map(({ name, port }): [string, number] => [
      name,
      name === 'osmand' ? osmand : port + ports.usualOffset,
    ]),
  ])
  const listening = await ports.free(targets.size)
  const proxies = new Map<string, CuttingProxy>()
  for (const [i, [name, port]] of [...targets].entries())
    proxies.set(name, await CuttingProxy.open(listening[i]!, port))
  const env = {
    ...world.databaseEnvironment,
    REDIS_URL: redis.url,
    GELANG_SHARDS: String(SHARDS),
    GELANG_LEASE_TTL_MS: String(LEASE_TTL_MS),
    GELANG_VIRTUAL_CLOCK: clock,
    GELANG_API_PORT: String(api),
    GELANG_INGEST_PORT: String(own),
    GELANG_OSMAND_PORT: String(osmand),
    GELANG_TCP_PORT_OFFSET: String(ports.usualOffset),
    GELANG_UDP_PROTOCOLS: UDP_PROTOCOLS.join(','),
    GELANG_MQTT_PORT: String(mqtt),
    GELANG_BASE_URL: `http://127.0.0.1:${api}`,
    GELANG_AUTH_SECRET: world.authSecret,
    GELANG_RULES_KEY: world.authSecret,
  }
  const processes = new Map<ProcessName, ServerProcess>()
  for (const [i, [name, roles]] of Object.entries(ROLES).entries())
    processes.set(
      name as ProcessName,
      new ServerProcess({ name, roles, env, healthPort: health[i]!, logFolder, onEnd }),
    )
  for (const each of processes.values()) each.start()
  const portOf = (name: string) => proxies.get(name)!.port
  return {
    processes,
    mqttPort: portOf('mqtt'),
    udpPorts: Object.fromEntries(UDP_PROTOCOLS.map((name) => [name, targets.get(name)!])),
    apiUrl: `http://127.0.0.1:${api}`,
    osmandUrl: `http://127.0.0.1:${portOf('osmand')}`,
    gatewayUrl: `ws://127.0.0.1:${portOf('own')}/v1/gateway`,
    wirePorts: Object.fromEntries([...proxies].map(([name, { port }]) => [name, port])) as Record<WireProtocol, number>,
    cut(side) {
      for (const proxy of proxies.values()) proxy.cut(side)
    },
    cuts: () => [...proxies.values()].reduce((sum, { cuts }) => sum + cuts, 0),
    async untilReady() {
      await Promise.all([...processes.values()].map((each) => each.untilReady()))
    },
    async stop() {
      await Promise.all([...proxies.values()].map((proxy) => proxy.close()))
      const complaints = await Promise.all([...processes.values()].map((each) => each.stop()))
      return complaints.filter((complaint) => complaint !== undefined)
    },
  }
}
