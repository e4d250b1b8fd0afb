// What every answer carries and every request must meet, whatever the route.
import type { MiddlewareHandler } from 'hono'
import { Refusal } from './refusal.ts'

const BODY_BYTES_MAX = 64 * 1024
/** Two years. */
const HSTS_SECONDS = 63_072_000
/** Of what a browser can do the console needs nothing but sound. */
const PERMISSIONS = [
  ...['accelerometer', 'bluetooth', 'browsing-topics', 'camera', 'display-capture', 'encrypted-media', 'geolocation'],
  ...[
    'gyroscope',
    'hid',
    'identity-credentials-get',
    'idle-detection',
    'local-fonts',
    'magnetometer',
    'microphone',
    'midi',
  ],
  ...[
    'otp-credentials',
    'payment',
    'publickey-credentials-get',
    'serial',
    'storage-access',
    'usb',
    'xr-spatial-tracking',
  ],
]
  .map((name) => `${name}=()`)
  .join(', ')

/** Origins under which the console may be open: the public address, the ones named, and for a loopback address its other name. */
export function originsOf(baseUrl: string, further: readonly string[]): ReadonlySet<string> {
  const origins = new Set([baseUrl, ...further].map((url) => new URL(url).origin))
  const { protocol, hostname, port } = new URL(baseUrl)
  if (hostname === '127.0.0.1') origins.add(new URL(`${protocol}//localhost:${port}`).origin)
  if (hostname === 'localhost') origins.add(new URL(`${protocol}//127.0.0.1:${port}`).origin)
  return origins
}

/** `tileUrl` may hold {s} for one of several hosts: then any host at that place is allowed. */
export function securityHeaders(
  baseUrl: string,
  origins: ReadonlySet<string>,
  tileUrl: string | undefined,
): MiddlewareHandler {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    // Leaflet places its panes and markers by style attributes.
    "style-src 'self'",
    "style-src-attr 'unsafe-inline'",
    `img-src 'self' data:${tileUrl ? ` ${tileOrigin(tileUrl)}` : ''}`,
    "font-src 'self'",
    "media-src 'self' data:",
    "manifest-src 'self'",
    "worker-src 'self'",
    `connect-src 'self' ${[...origins].map((origin) => origin.replace(/^http/, 'ws')).join(' ')}`,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
    ...(baseUrl.startsWith('https:') ? ['upgrade-insecure-requests'] : []),
  ].join('; ')
  const secure = baseUrl.startsWith('https:')
  return async (c, next) => {
    await next()
    c.header('content-security-policy', policy)
    c.header('x-content-type-options', 'nosniff')
    c.header('x-frame-options', 'DENY')
    c.header('referrer-policy', 'no-referrer')
    c.header('x-permitted-cross-domain-policies', 'none')
    c.header('origin-agent-cluster', '?1')
    c.header('cross-origin-opener-policy', 'same-origin')
    c.header('cross-origin-resource-policy', 'same-origin')
    c.header('permissions-policy', PERMISSIONS)
    if (secure) c.header('strict-transport-security', `max-age=${HSTS_SECONDS}; includeSubDomains`)
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store')
  }
}

function tileOrigin(tileUrl: string): string {
  const { protocol, host } = new URL(tileUrl.replaceAll('{s}', 'any-host').replaceAll(/[{}]/g, ''))
  return `${protocol}//${host.replace(/any-host(?=\.)/, '*')}`
}

/** Whatever changes something comes from a page of ours: its Origin is one of `origins`, and its body is JSON, which no form can send. */
export function sameOrigin(origins: ReadonlySet<string>): MiddlewareHandler {
  return async (c, next) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
      if (!origins.has(c.req.header('origin') ?? ''))
        throw new Refusal(403, 'wrong_origin', 'the Origin header does not name this server')
      const type = c.req.header('content-type')
      if (type !== undefined && !/^application\/json\s*(;|$)/i.test(type))
        throw new Refusal(415, 'invalid_input', 'a body is application/json')
    }
    await next()
  }
}

/** Node holds a body to its stated length; one that states none is read here, and no further than the limit. */
export const limitedBody: MiddlewareHandler = async (c, next) => {
  if (Number(c.req.header('content-length') ?? 0) > BODY_BYTES_MAX) throw tooLarge()
  if (c.req.header('transfer-encoding') !== undefined) {
    const { method, headers, body } = c.req.raw
    c.req.raw = new Request(c.req.url, { method, headers, body: await readWhole(body) })
  }
  await next()
}

const tooLarge = () => new Refusal(413, 'too_large', `a body has at most ${BODY_BYTES_MAX} bytes`)

async function readWhole(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array<ArrayBuffer> | null> {
  if (body === null) return null
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > BODY_BYTES_MAX) throw tooLarge()
    chunks.push(chunk)
  }
  return bytes === 0 ? null : Buffer.concat(chunks)
}
