// Which of their columns is which of our fields: docs/sdp-map.example.yaml.
import { parse } from 'yaml'
import { z } from 'zod'
import { END_KINDS, PROGRAMMES } from '../../model/console/file-terms.ts'

export const SDP_FIELDS = [
  ...['sdpNumber', 'nik', 'name', 'birthDate', 'address', 'domicile', 'phone', 'guarantorName', 'guarantorPhone'],
  ...['unit', 'pkNip', 'programme', 'skNumber', 'skDate', 'skIssuer', 'from', 'to', 'status'],
] as const
const NEEDED = ['sdpNumber', 'nik', 'name', 'unit', 'programme', 'skNumber', 'from', 'to'] as const

const mappingSchema = z
  .strictObject({
    /** Of an XLSX: the sheet's name; absent: the first. */
    sheet: z.string().optional(),
    /** Of a CSV. */
    separator: z.enum([',', ';', '\t', '|']).default(','),
    dates: z.enum(['yyyy-mm-dd', 'dd-mm-yyyy', 'dd/mm/yyyy']).default('yyyy-mm-dd'),
    columns: z.partialRecord(z.enum(SDP_FIELDS), z.string().min(1)),
    /** Their name of a unit → our path. */
    units: z.record(z.string(), z.string()),
    programmes: z.record(z.string(), z.enum(PROGRAMMES)).default({}),
    /** A status of theirs that ends a supervision → how. */
    ended: z.record(z.string(), z.enum(END_KINDS)).default({}),
  })
  .refine(({ columns }) => NEEDED.every((field) => columns[field] !== undefined), {
    path: ['columns'],
    message: `needed: ${NEEDED.join(', ')}`,
  })
export type SdpMapping = z.output<typeof mappingSchema>

/** Throws a sentence where it is no such mapping. */
export function readMapping(text: string): SdpMapping {
  const read = mappingSchema.safeParse(parse(text, { maxAliasCount: 0 }))
  if (read.success) return read.data
  const where = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new Error(`the mapping cannot be used: ${where.join('; ')}`)
}
