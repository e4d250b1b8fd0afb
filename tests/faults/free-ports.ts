// Ports for servers that are killed and must get them back: below the range from which the kernel takes the near ends of
// connections, and apart from those of every other harness on the machine.
import { createServer, type Server } from 'node:net'
import { bindable } from '../../local-services/pick-port.ts'

const FIRST_PORT = 20_000
const LAST_PORT = 31_999
const PORTS_OF_ONE = 1000
/** The upper part is for the usual ports of the device protocols, 5000 to 5399, moved here. */
const OWN_PORTS = 600
const USUAL_PORTS_FROM = 5000

/** A thousand ports that nobody else on this machine takes. */
export class PortBlock {
  readonly #base: number
  #next = 0

  constructor(base: number) {
    this.#base = base
  }

  /** Who listens on the first port of a thousand has them all, until its process ends. */
  static async claim(): Promise<PortBlock> {
    for (let base = FIRST_PORT; base < LAST_PORT; base += PORTS_OF_ONE)
      if ((await listening(base)) !== undefined) return new PortBlock(base)
    throw new Error('too many fault harnesses run on this machine')
  }

  async free(count: number): Promise<number[]> {
    const ports: number[] = []
    while (ports.length < count) {
      const port = this.#base + 1 + (this.#next++ % (OWN_PORTS - 1))
      if ((await bindable(port)) !== undefined) ports.push(port)
    }
    return ports
  }

  /** What is to be added to the usual port of a device protocol. */
  get usualOffset(): number {
    return this.#base + OWN_PORTS - USUAL_PORTS_FROM
  }
}

let mine: Promise<PortBlock> | undefined

/** Of a block that this process keeps. */
export async function freePorts(count: number): Promise<number[]> {
  mine ??= PortBlock.claim()
  return (await mine).free(count)
}

function listening(port: number): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.unref()
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined)
      else reject(error)
    })
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server))
  })
}
