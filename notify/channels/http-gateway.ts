// SMS and WhatsApp through whichever provider a Bapas has: what is posted is a template that its administrator wrote. Values are put
// into the template's strings before it is encoded, so that no text can leave its place.
import type { WayOf } from '../../model/notice/recipient.ts'
import type { Channel } from './channel.ts'
import { post } from './post.ts'
import { REACHABLE_ALL } from './reachable.ts'

/** `{phone}`, `{digits}` (the number without +), `{text}` and `{id}` in the values are filled in. */
export type GatewayTemplate = {
  url: string
  headers?: Readonly<Record<string, string>>
  /** How `fields` are sent. */
  encoding: 'json' | 'form'
  fields: GatewayFields
}
type GatewayFields = { readonly [name: string]: string | number | boolean | GatewayFields | readonly GatewayFields[] }

const PLACE = /\{(phone|digits|text|id)\}/g

export function httpGateway(template: GatewayTemplate): Channel<WayOf<'sms' | 'whatsapp'>> {
  return async ({ text, language }, { address }, { deliveryId, timeoutMs }) => {
    const values = { phone: address, digits: address.replace('+', ''), text: text[language], id: deliveryId }
    const fill = (value: string): string =>
      value.replace(PLACE, (_, name: string) => values[name as keyof typeof values])
    const fields = filled(template.fields, fill) as Record<string, unknown>
    const isJson = template.encoding === 'json'
    await post({
      url: new URL(template.url),
      headers: {
        'content-type': isJson ? 'application/json' : 'application/x-www-form-urlencoded',
        ...template.headers,
      },
      body: isJson ? JSON.stringify(fields) : formOf(fields),
      timeoutMs,
      reachable: REACHABLE_ALL,
    })
  }
}

function filled(value: unknown, fill: (text: string) => string): unknown {
  if (typeof value === 'string') return fill(value)
  if (Array.isArray(value)) return value.map((each) => filled(each, fill))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, filled(each, fill)]))
}

function formOf(fields: Record<string, unknown>): string {
  return new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, String(value)])).toString()
}
