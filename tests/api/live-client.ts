// A console's end of the live feed: keeps every message, and waits for one without sleeping.
import { WebSocket } from 'ws'
import type { RunningApi } from '../../api/start-api.ts'
import type { LiveMessage } from '../../model/console/console.ts'
import { PATIENCE_MS } from '../setup/patience-ms.ts'

type Of<T extends LiveMessage['t']> = Extract<LiveMessage, { t: T }>

export class LiveClient {
  readonly socket: WebSocket
  readonly messages: LiveMessage[] = []
  closed: { code: number; reason: string } | undefined
  #lookAgain: (() => void)[] = []

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data) => {
      this.messages.push(JSON.parse(String(data)))
      this.#changed()
    })
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) }
      this.#changed()
    })
    socket.on('error', () => this.#changed())
  }

  /** The first message of this kind from `from` on, here already or to come. */
  async until<T extends LiveMessage['t']>(t: T, fits: (message: Of<T>) => boolean = () => true): Promise<Of<T>> {
    return this.#when(`no "${t}" came`, () =>
      this.messages.find((message): message is Of<T> => message.t === t && fits(message as Of<T>)),
    )
  }

  untilClosed(): Promise<{ code: number; reason: string }> {
    return this.#when('the socket stayed open', () => this.closed)
  }

  all<T extends LiveMessage['t']>(t: T): Of<T>[] {
    return this.messages.filter((message): message is Of<T> => message.t === t)
  }

  get cursor(): string | undefined {
    return this.messages.reduce<string | undefined>(
      (at, message) => ('cursor' in message ? message.cursor : at),
      undefined,
    )
  }

  cut(): void {
    this.socket.terminate()
  }

  #changed(): void {
    for (const look of this.#lookAgain.splice(0)) look()
  }

  #when<V>(complaint: string, look: () => V | undefined): Promise<V> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${complaint}; there were: ${this.messages.map(({ t }) => t).join(' ')}`)),
        PATIENCE_MS,
      )
      const again = () => {
        const found = look()
        if (found === undefined) this.#lookAgain.push(again)
        else {
          clearTimeout(timer)
          resolve(found)
        }
      }
      again()
    })
  }
}

export function connectLive(
  api: RunningApi,
  cookie: string,
  options: { cursor?: string | undefined; origin?: string; compressed?: boolean } = {},
): LiveClient {
  const url = new URL('/v1/live', api.baseUrl.replace('http', 'ws'))
  if (options.cursor !== undefined) url.searchParams.set('cursor', options.cursor)
  return new LiveClient(
    new WebSocket(url, {
      headers: { cookie },
      origin: options.origin ?? api.baseUrl,
      perMessageDeflate: options.compressed ?? true,
    }),
  )
}

/** The HTTP status with which an upgrade is refused. */
export function refusedLive(
  api: RunningApi,
  options: { cookie?: string; origin?: string; path?: string },
): Promise<number> {
  const url = new URL(options.path ?? '/v1/live', api.baseUrl.replace('http', 'ws'))
  const headers = options.cookie === undefined ? {} : { cookie: options.cookie }
  const socket = new WebSocket(url, { headers, ...(options.origin !== undefined && { origin: options.origin }) })
  return new Promise((resolve, reject) => {
    socket.on('unexpected-response', (_request, response) => {
      response.resume()
      resolve(response.statusCode as number)
    })
    socket.on('open', () => reject(new Error('it was let in')))
    socket.on('error', reject)
  })
}
