// One row of theirs as our fields, or why it cannot be one.
import type { z } from 'zod'
import { newWearerSchema } from '../../model/console/wire-people.ts'
import { DAY_MS, dayBeginsMs } from '../../model/plan/local-day.ts'
import type { SdpRow } from '../../store/people/sdp-records.ts'
import type { SDP_FIELDS, SdpMapping } from './read-mapping.ts'
import type { SdpLine } from './read-table.ts'

/** What the database knows that a row names. */
export type SdpPlaces = { timeZoneOf: ReadonlyMap<string, string>; officerByNip: ReadonlyMap<string, string> }
type Mapped = { ok: true; row: SdpRow } | { ok: false; reason: string }

export function mapRow({ cells }: SdpLine, mapping: SdpMapping, places: SdpPlaces): Mapped {
  const text = (field: (typeof SDP_FIELDS)[number]): string => cells[mapping.columns[field] ?? ''] ?? ''
  const unitPath = mapping.units[text('unit')]
  if (unitPath === undefined) return refused(`unit "${text('unit')}" is not in the mapping`)
  const timeZone = places.timeZoneOf.get(unitPath)
  if (timeZone === undefined) return refused(`there is no unit ${unitPath}`)
  const pkOfficerId = text('pkNip') === '' ? undefined : places.officerByNip.get(text('pkNip'))
  if (text('pkNip') !== '' && pkOfficerId === undefined) return refused(`no active PK has the NIP ${text('pkNip')}`)
  const days: Record<string, string | undefined> = {}
  for (const field of ['birthDate', 'skDate', 'from', 'to'] as const) {
    days[field] = text(field) === '' ? undefined : isoDay(text(field), mapping.dates)
    if (text(field) !== '' && days[field] === undefined) return refused(`${field}: "${text(field)}" is no day`)
  }
  const fromMs = dayBeginsMs(days.from ?? '', timeZone)
  const lastMs = dayBeginsMs(days.to ?? '', timeZone)
  if (fromMs === undefined || lastMs === undefined) return refused('from and to are needed')
  const texts = Object.fromEntries(
    (['sdpNumber', 'address', 'domicile', 'phone', 'guarantorName', 'guarantorPhone', 'skIssuer'] as const)
      .map((field) => [field, text(field)] as const)
      .filter(([, value]) => value !== ''),
  )
  const read = newWearerSchema.safeParse({
    ...{ ...texts, unitPath, name: text('name'), nik: text('nik'), skNumber: text('skNumber') },
    ...{ programme: mapping.programmes[text('programme')] ?? text('programme'), fromMs, toMs: lastMs + DAY_MS },
    ...(days.birthDate !== undefined && { birthDate: days.birthDate }),
    ...(days.skDate !== undefined && { skDate: days.skDate }),
  })
  if (!read.success) return refused(words(read.error))
  const { sdpNumber } = read.data
  if (sdpNumber === undefined) return refused('sdpNumber: needed, or the next import would not find the klien again')
  const endKind = mapping.ended[text('status')]
  return {
    ok: true,
    row: {
      ...{ ...read.data, sdpNumber, unitPath },
      ...(pkOfficerId !== undefined && { pkOfficerId }),
      ...(endKind !== undefined && { endKind }),
    } as SdpRow,
  }
}

const refused = (reason: string): Mapped => ({ ok: false, reason })

function words({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
}

function isoDay(text: string, order: SdpMapping['dates']): string | undefined {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return text
  const match = /^(\d{1,2})[-/](\d{1,2})[-/](\d{4})$/.exec(text)
  if (match === null || order === 'yyyy-mm-dd') return undefined
  const [, day = '', month = '', year = ''] = match
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
}
