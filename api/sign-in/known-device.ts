// A browser that has signed in to an account is known to it for a while. Its cookie lets nobody in; it only says whose guesses count apart.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'

const DEVICE_DAYS = 90
const DAY_MS = 86_400_000

export class KnownDevices {
  readonly #secret: string
  readonly #secure: boolean

  constructor(secret: string, secure: boolean) {
    this.#secret = secret
    this.#secure = secure
  }

  /** The browser's own number, where it has signed in to this account before. */
  read(c: Context, username: string, nowMs: number): string | undefined {
    const kept = getCookie(c, this.#name(username))
    const [device, untilMs, mac, more] = kept?.split('.') ?? []
    if (device === undefined || untilMs === undefined || mac === undefined || more !== undefined) return undefined
    const [expected, given] = [Buffer.from(this.#mac(username, device, untilMs)), Buffer.from(mac)]
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined
    return Number(untilMs) > nowMs ? device : undefined
  }

  remember(c: Context, username: string, nowMs: number): void {
    const device = this.read(c, username, nowMs) ?? randomBytes(16).toString('base64url')
    const untilMs = String(nowMs + DEVICE_DAYS * DAY_MS)
    setCookie(c, this.#name(username), [device, untilMs, this.#mac(username, device, untilMs)].join('.'), {
      ...{ path: '/', httpOnly: true, sameSite: 'Strict', secure: this.#secure },
      maxAge: (DEVICE_DAYS * DAY_MS) / 1000,
    })
  }

  /** One for each account: officers of a control room share a browser. The name does not reveal the account. */
  #name(username: string): string {
    const account = createHmac('sha256', this.#secret).update(`name ${username.toLowerCase()}`).digest('hex')
    return `${this.#secure ? '__Host-' : ''}gelang.device-${account.slice(0, 12)}`
  }

  #mac(username: string, device: string, untilMs: string): string {
    const words = JSON.stringify(['device', username.toLowerCase(), device, untilMs])
    return createHmac('sha256', this.#secret).update(words).digest('base64url')
  }
}
