import { bearerOf } from '../../credentials.ts'
import type { HttpProtocolRequest } from '../decoder.ts'

const GONE = 'REDACTED'
/** Shorter ones are not looked for as text: they would tear holes into everything. */
const SECRET_CHARS_MIN = 6
/** Searching for a longer one takes quadratic time in the worst case, and nobody is given one: nothing after it is kept. */
const SECRET_CHARS_MAX = 256

/**
 * The request as people may see it: method, address and body, byte for byte but for what may be a credential: the path (its
 * first part may be the token), every `token` key and member, and the token of the header wherever else it occurs.
 */
export function redactOsmand(request: HttpProtocolRequest): Uint8Array {
  const mark = request.url.indexOf('?')
  const path = (mark < 0 ? request.url : request.url.slice(0, mark)) === '/' ? '/' : `/${GONE}`
  const query = mark < 0 ? '' : request.url.slice(mark)
  const bytes = Buffer.from(request.body.buffer, request.body.byteOffset, request.body.length)
  const body = bytes.toString('latin1').replace(TOKEN_MEMBER, `$1"${GONE}"`)
  let text = `${request.method} ${path}${redactPairs(query)}\n${request.contentType ?? ''}\n\n${redactPairs(body)}`
  const inPath = request.url.slice(1).split(/[/?]/, 1)[0]
  for (const secret of [bearerOf(request.headers.authorization), inPath]) {
    if (secret === undefined || secret.length < SECRET_CHARS_MIN) continue
    if (secret.length > SECRET_CHARS_MAX) return Buffer.from(`${request.method} ${path}\n\n\n${GONE}`)
    text = text.replaceAll(secret, GONE)
  }
  return Buffer.from(text, 'latin1')
}

// "token": "…" — also where the text breaks off before the closing quote, and where letters of the name are escaped.
const TOKEN_MEMBER =
  /("(?:t|\\u0074)(?:o|\\u006f)(?:k|\\u006b)(?:e|\\u0065)(?:n|\\u006e)"\s*:\s*)(?:"(?:[^"\\]|\\.)*(?:"|$)|[^\s,}\]"]+)/gi

function redactPairs(text: string): string {
  return text.replace(/(^|[?&])([^=&?]{1,24})=([^&]*)/g, (whole, before: string, name: string) =>
    decoded(name) === 'token' ? `${before}${name}=${GONE}` : whole,
  )
}

function decoded(name: string): string {
  return name.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
