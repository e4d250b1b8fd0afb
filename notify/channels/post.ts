// One HTTP call of a channel: bounded in time and in what is read of the answer; no redirect is followed.
import { request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import { NotDelivered } from './channel.ts'
import type { Reachable } from './reachable.ts'

/** An answer's text, for a channel that looks into it. */
const ANSWER_BYTES_MAX = 16_384
/** Statuses that do not change by waiting: the request, the credential or the address is wrong. All others are tried again. */
const NEVER: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 406, 410, 411, 413, 414, 415, 422])

export type Call = {
  url: URL
  method?: 'POST' | 'PUT'
  headers: Readonly<Record<string, string>>
  body: string | Uint8Array
  timeoutMs: number
  reachable: Reachable
}
export type Answer = { status: number; text: string }

/** Resolves with any answer; throws NotDelivered where there is none in time. */
export function call({ url, method = 'POST', headers, body, timeoutMs, reachable }: Call): Promise<Answer> {
  return new Promise((resolve, reject) => {
    reachable.check(url)
    const fail = (error: Error & { code?: string }): void => {
      clearTimeout(timer)
      outgoing.destroy()
      reject(
        error instanceof NotDelivered
          ? error
          : new NotDelivered(`the receiver cannot be reached: ${error.code ?? error.message}`, true),
      )
    }
    const outgoing = (url.protocol === 'https:' ? overHttps : overHttp)(
      url,
      {
        method,
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        lookup: reachable.lookup,
        agent: false,
      },
      (incoming) => {
        const status = incoming.statusCode as number
        let text = ''
        const answered = (): void => {
          clearTimeout(timer)
          outgoing.destroy()
          resolve({ status, text })
        }
        incoming.setEncoding('latin1')
        incoming.on('data', (chunk: string) => {
          text += chunk
          if (text.length >= ANSWER_BYTES_MAX) answered()
        })
        incoming.on('end', answered)
        incoming.on('error', fail)
      },
    )
    const timer = setTimeout(() => fail(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
    outgoing.on('error', fail)
    outgoing.end(body)
  })
}

/** The same for a receiver that says all by its status: throws NotDelivered unless it is 2xx. */
export async function post(options: Call): Promise<Answer> {
  const answer = await call(options)
  if (answer.status >= 200 && answer.status < 300) return answer
  throw notDelivered(answer.status)
}

export function notDelivered(status: number): NotDelivered {
  return new NotDelivered(`the receiver answered ${status}`, !NEVER.has(status))
}
