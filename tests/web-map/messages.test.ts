import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { INCIDENT_TYPES, RESOLUTIONS, SEVERITIES } from '../../model/incident/incident.ts'
import { SOP_STEPS } from '../../model/incident/sop-table.ts'
import { en } from '../../web-map/i18n/en.ts'
import { id } from '../../web-map/i18n/id.ts'

const WEB_MAP = resolve(import.meta.dirname, '../../web-map')
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort()

test('both languages have the same keys and the same placeholders', () => {
  expect(Object.keys(en)).toEqual(Object.keys(id))
  for (const [key, text] of Object.entries(id))
    expect(placeholders(en[key as keyof typeof id]), key).toEqual(placeholders(text))
})

test('every incident type, severity and outcome has its words', () => {
  const keys = [
    ...Object.keys(INCIDENT_TYPES).map((type) => `type.${type}`),
    ...SOP_STEPS.map((step) => `step.${step}`),
    ...SEVERITIES.map((severity) => `severity.${severity}`),
    ...RESOLUTIONS.map((resolution) => `resolution.${resolution}`),
  ]
  for (const key of keys) expect(id, key).toHaveProperty([key])
})

test('a klien is never called a prisoner or an offender', () => {
  const words = [...Object.values(id), ...Object.values(en)].join(' ')
  expect(words).not.toMatch(/narapidana|tahanan|pelaku|napi\b|offender|inmate|prisoner|convict/i)
})

test('the words of the interface are those of the trade', () => {
  expect(id['type.strap_open']).toBe('tali gelang terbuka')
  expect(id['type.away_from_required_zone']).toBe('di luar zona wajib')
  expect([id['act.acknowledge'], id['act.resolve'], id['act.escalate']]).toEqual(['Terima', 'Selesaikan', 'Eskalasi'])
  expect([id['state.kritis'], id['state.serius'], id['state.informasi']]).toEqual(['Kritis', 'Serius', 'Informasi'])
})

test('no message is left unused', () => {
  const source = readdirSync(WEB_MAP, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.startsWith('messages'))
    .map((file) => readFileSync(join(WEB_MAP, file), 'utf8'))
    .join('\n')
  const families = [...source.matchAll(/`([a-z]+(?:\.[a-z]+)*\.)\$\{/g)].map((match) => match[1] as string)
  const unused = Object.keys(id).filter(
    (key) =>
      !source.includes(`'${key}'`) &&
      !source.includes(`"${key}"`) &&
      !families.some((family) => key.startsWith(family)),
  )
  expect(unused).toEqual([])
})
