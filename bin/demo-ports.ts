import { createServer } from 'node:net'

export type DemoPorts = {
  api: number
  ingest: number
  osmand: number
  tcpOffset: number
  /** [name, roles, health port] of the server processes. */
  processes: [name: string, roles: string, healthPort: number][]
}

const WANTED = { api: 8080, ingest: 8090, osmand: 5055 }
const HEALTH_FROM = 8100
const TRIES = 200

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
  const ports = { api: await find(WANTED.api), ingest: await find(WANTED.ingest), osmand: await find(WANTED.osmand) }
  const processes: DemoPorts['processes'] = []
  for (const [i, [name, roles]] of [
    ['ingest', 'ingest'],
    ['evaluate', 'evaluate'],
    ['record', 'record,notify'],
    ['api', 'api'],
  ].entries())
    processes.push([name!, roles!, await find(HEALTH_FROM + i)])
  return { ...ports, tcpOffset: ports.osmand - WANTED.osmand, processes }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
