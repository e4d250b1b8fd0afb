import { createServer } from 'node:net'
import { osmand } from '../../ingest/protocols/osmand/osmand.ts'
import { DEVICE_PROTOCOLS } from '../../ingest/protocols/protocols.ts'

export type DemoPorts = {
  api: number
  ingest: number
  osmand: number
  tcpOffset: number
  /** [name, roles, health port] of the server processes. */
  processes: [name: string, roles: string, healthPort: number][]
}

const WANTED = { api: 8080, ingest: 8090 }
const HEALTH_FROM = 8100
const TRIES = 200
/** More than the usual ports lie apart, so that two sets do not meet. */
const OFFSET_STEP = 300
const OSMAND_PORT = osmand.port

/** The usual ports where they are free, else the next free ones; says so when it had to look. */
export async function demoPorts(say: (sentence: string) => void): Promise<DemoPorts> {
  const taken = new Set<number>()
  const find = async (wanted: number): Promise<number> => {
    for (let port = wanted; port < wanted + TRIES; port++)
      if (!taken.has(port) && (await isFree(port))) {
        taken.add(port)
        if (port !== wanted) say(`Port ${wanted} is taken; using ${port}.`)
        return port
      }
    throw new Error(`No free port between ${wanted} and ${wanted + TRIES}: end what uses them and try again.`)
  }
  const ports = { api: await find(WANTED.api), ingest: await find(WANTED.ingest) }
  const tcpOffset = await freeOffset()
  if (tcpOffset > 0) say(`A usual port of the device protocols is taken; all of them are moved by ${tcpOffset}.`)
  const processes: DemoPorts['processes'] = []
  for (const [i, [name, roles]] of [
    ['ingest', 'ingest'],
    ['evaluate', 'evaluate'],
    ['record', 'record,notify'],
    ['api', 'api'],
  ].entries())
    processes.push([name!, roles!, await find(HEALTH_FROM + i)])
  return { ...ports, osmand: OSMAND_PORT + tcpOffset, tcpOffset, processes }
}

/** What must be added to the usual ports of all device protocols so that every one of them is free. */
async function freeOffset(): Promise<number> {
  for (let offset = 0; offset < TRIES * OFFSET_STEP; offset += OFFSET_STEP) {
    const free = await Promise.all(DEVICE_PROTOCOLS.map(({ port }) => isFree(port + offset)))
    if (!free.includes(false)) return offset
  }
  throw new Error('No free ports for the device protocols: end what uses them and try again.')
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
