// Stands between the fleet and ingest and cuts connections in the middle of what they say.
import { connect, createServer, type Server, type Socket } from 'node:net'

export type Side = 'fleet' | 'server'
type Pair = { fleet: Socket; server: Socket; cutNext: Side | undefined }

export class CuttingProxy {
  readonly port: number
  readonly #server: Server
  readonly #pairs = new Set<Pair>()
  #cuts = 0

  constructor(server: Server, port: number) {
    this.#server = server
    this.port = port
  }

  static async open(port: number, targetPort: number): Promise<CuttingProxy> {
    const server = createServer({ noDelay: true })
    const proxy = new CuttingProxy(server, port)
    server.on('connection', (fleet) =>
      proxy.#join(fleet, connect({ port: targetPort, host: '127.0.0.1', noDelay: true })),
    )
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
    return proxy
  }

  /** Connections cut so far. */
  get cuts(): number {
    return this.#cuts
  }

  /** Each open connection ends after half of the next chunk that `side` sends. */
  cut(side: Side): void {
    for (const pair of this.#pairs) pair.cutNext = side
  }

  async close(): Promise<void> {
    for (const { fleet, server } of this.#pairs) {
      fleet.destroy()
      server.destroy()
    }
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #join(fleet: Socket, server: Socket): void {
    const pair: Pair = { fleet, server, cutNext: undefined }
    this.#pairs.add(pair)
    this.#pass(pair, 'fleet', fleet, server)
    this.#pass(pair, 'server', server, fleet)
  }

  #pass(pair: Pair, side: Side, from: Socket, to: Socket): void {
    from.on('data', (chunk: Buffer) => {
      if (pair.cutNext !== side) {
        if (!to.write(chunk)) from.pause()
        return
      }
      this.#cuts++
      to.write(chunk.subarray(0, chunk.length >> 1), () => to.destroy())
      from.destroy()
    })
    to.on('drain', () => from.resume())
    from.on('end', () => to.end())
    // Whichever side breaks, both go: a proxy that hides it would make a half-open connection.
    from.on('error', () => to.destroy())
    from.on('close', () => {
      to.destroy()
      this.#pairs.delete(pair)
    })
  }
}
