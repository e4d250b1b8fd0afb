import type { LiveMessage } from '../../model/console/console.ts'
import { backoffMs } from './backoff.ts'

/** The part of a browser's WebSocket that the feed uses. */
export type FeedSocket = Pick<WebSocket, 'onopen' | 'onmessage' | 'onclose' | 'close'>

export type FeedLink = 'idle' | 'connecting' | 'open' | 'away'

type FeedOptions = {
  /** Opens a socket to `/v1/live`, with the cursor when there is one. */
  openSocket(cursor: string | undefined): FeedSocket
  random(): number
  /** Runs `act` after `delayMs`; the answer cancels it. */
  after(delayMs: number, act: () => void): () => void
  onMessage(message: LiveMessage): void
  onLink(link: FeedLink): void
  /** A connection was refused before it opened: perhaps the session has ended. */
  onRefused(): void
}

/** The server speaks every few seconds; a link silent for this long is taken for dead, whatever TCP says. */
export const FEED_SILENCE_MAX_MS = 20_000

/** The live feed: one connection, reopened for ever with backoff, resumed at the last cursor. */
export class LiveFeed {
  #options: FeedOptions
  #socket: FeedSocket | undefined
  #cursor: string | undefined
  #attempt = 0
  #cancelRetry: (() => void) | undefined
  #cancelSilence: (() => void) | undefined
  #running = false

  constructor(options: FeedOptions) {
    this.#options = options
  }

  start(): void {
    if (this.#running) return
    this.#running = true
    this.#connect()
  }

  /** Closes the connection; the cursor is kept for the next `start`. */
  stop(): void {
    this.#running = false
    this.#cancelRetry?.()
    this.#drop()
    this.#options.onLink('idle')
  }

  /** Tries at once instead of waiting for the backoff; for when the browser says that the network is back. */
  hurry(): void {
    if (!this.#running || this.#socket) return
    this.#cancelRetry?.()
    this.#connect()
  }

  forgetCursor(): void {
    this.#cursor = undefined
  }

  #connect(): void {
    this.#options.onLink('connecting')
    const socket = this.#options.openSocket(this.#cursor)
    this.#socket = socket
    let opened = false
    socket.onopen = () => {
      opened = true
      this.#watchSilence()
    }
    socket.onmessage = (event) => {
      if (typeof event.data === 'string') this.#receive(JSON.parse(event.data) as LiveMessage)
    }
    socket.onclose = () => {
      if (this.#socket !== socket) return
      this.#drop()
      if (!opened) this.#options.onRefused()
      this.#retry()
    }
    this.#watchSilence()
  }

  #receive(message: LiveMessage): void {
    this.#watchSilence()
    if (message.t === 'hello') {
      this.#attempt = 0
      this.#options.onLink('open')
    }
    if ('cursor' in message) this.#cursor = message.cursor
    this.#options.onMessage(message)
  }

  #watchSilence(): void {
    this.#cancelSilence?.()
    this.#cancelSilence = this.#options.after(FEED_SILENCE_MAX_MS, () => {
      this.#drop()
      this.#retry()
    })
  }

  #retry(): void {
    if (!this.#running) return
    this.#options.onLink('away')
    this.#cancelRetry = this.#options.after(backoffMs(this.#attempt++, this.#options.random), () => this.#connect())
  }

  #drop(): void {
    this.#cancelSilence?.()
    const socket = this.#socket
    this.#socket = undefined
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close()
  }
}
