// An ingest in a process of its own, since ten thousand connections and their other ends do not fit into one. Told what to do over
// IPC: `{ ask: 'measure' }` is answered with what it measures, `{ ask: 'end' }` ends it.
import { idOnly, openIngest } from './ingest-fixture.ts'

export type Measured = {
  residentBytes: number
  /** Open connections by protocol, and connections cut by protocol and cause. */
  connections: Record<string, number>
  cut: Record<string, number>
  stored: number
}

const [idsFrom, count, identifyMs] = process.argv.slice(2).map(Number) as [number, number, number]
const open = await openIngest({
  records: Array.from({ length: count }, (_, i) => idOnly(String(idsFrom + i), i === count - 1 ? 'r16h' : 'gt06')),
  limits: { tcpIdentifyMs: identifyMs },
})

function valuesOf(name: string, labels: RegExp): Record<string, number> {
  const found: Record<string, number> = {}
  for (const [key, value] of open.meter.values) {
    const match = key.startsWith(`${name},`) ? labels.exec(key) : null
    if (match !== null) found[match.slice(1).join(' ')] = value
  }
  return found
}

process.on('message', async ({ ask }: { ask: 'measure' | 'end' }) => {
  if (ask === 'end') {
    await open.close()
    process.disconnect()
    return
  }
  const measured: Measured = {
    residentBytes: process.memoryUsage.rss(),
    connections: valuesOf('gelang_ingest_connections', /protocol=(\w+)$/),
    cut: valuesOf('gelang_ingest_connections_cut_total', /protocol=(\w+),cause=(\w+)$/),
    stored: (await open.stored()).length,
  }
  process.send!(measured)
})
process.send!(open.ingest.ports)
