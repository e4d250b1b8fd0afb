// The template of an SMS or WhatsApp provider, as its administrator wrote it.
import type { GatewayTemplate } from './http-gateway.ts'

/** Throws a sentence that names `name` and repeats nothing of the text, which may hold a password. */
export function readGatewayTemplate(json: string, name: string): GatewayTemplate {
  const template = parsed(json, name)
  const { url, headers, encoding, fields } = template
  if (typeof url !== 'string' || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new Error(`${name}: "url" must be an http or https address`)
  if (encoding !== 'json' && encoding !== 'form') throw new Error(`${name}: "encoding" must be "json" or "form"`)
  if (!isObject(fields)) throw new Error(`${name}: "fields" must be an object`)
  if (
    headers !== undefined &&
    !(isObject(headers) && Object.values(headers).every((value) => typeof value === 'string'))
  )
    throw new Error(`${name}: "headers" must be an object of texts`)
  const places = JSON.stringify(fields)
  if (!places.includes('{text}') || !(places.includes('{phone}') || places.includes('{digits}')))
    throw new Error(`${name}: "fields" must hold {text}, and {phone} or {digits}`)
  return { url, encoding, fields, ...(headers === undefined ? {} : { headers }) } as GatewayTemplate
}

function parsed(json: string, name: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw new Error(`${name} must be JSON`)
  }
  if (!isObject(value)) throw new Error(`${name} must be a JSON object`)
  return value
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
