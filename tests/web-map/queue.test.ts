// One row a klien, the most pressing first.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { IncidentView } from '../../model/console/console.ts'
import { INCIDENT_TYPES, type IncidentAct, type IncidentType } from '../../model/incident/incident.ts'
import { QUEUE_GROUPS, queueGroupOf } from '../../model/incident/queue-order.ts'
import { filterOf, isFiltered, passes, withSeverity } from '../../web-map/alerts/queue-filter.ts'
import { queueRows, sameCauseOf, untakenOf } from '../../web-map/alerts/queue-rows.ts'
import { incidentOf, makeSample } from './sample-data.ts'

const NOW = Date.UTC(2026, 10, 23, 13)
const MINUTE = 60_000
const { wearers } = makeSample(100, NOW)
const [anna, budi, candra, dedi] = [wearers[0]!, wearers[1]!, wearers[2]!, wearers[3]!]
const taken = (incident: IncidentView, officerName = 'Dwi'): IncidentView => ({
  ...incident,
  acts: [{ actId: 1, incidentId: incident.id, action: 'acknowledge', officerName, atMs: NOW } satisfies IncidentAct],
})

test('an SOS still pressed comes before what has ended; the longest overdue comes first', () => {
  const ended = incidentOf(anna, 'inside_avoided_zone', NOW - MINUTE, { id: 'ended', endMs: NOW - 36_000 })
  const sos = incidentOf(budi, 'sos', NOW - 27 * MINUTE, { id: 'sos', confirmedMs: NOW - 27 * MINUTE })
  const fresh = incidentOf(candra, 'strap_open', NOW, { id: 'fresh', confirmedMs: NOW })
  const handled = taken(incidentOf(dedi, 'strap_open', NOW - 50 * MINUTE, { id: 'handled' }))
  const rows = queueRows([ended, handled, fresh, sos])
  expect(rows.map(({ lead, group }) => [lead.id, group])).toEqual([
    ['sos', 'ongoing'],
    ['fresh', 'ongoing'],
    ['ended', 'ended'],
    ['handled', 'handled'],
  ])
  expect(rows[3]!.by).toBe('Dwi')
})

test('several of one klien are one row: the gravest untaken leads, its clock is the earliest', () => {
  const corridor = incidentOf(anna, 'off_corridor', NOW - 20 * MINUTE, {
    id: 'corridor',
    confirmedMs: NOW - 20 * MINUTE,
  })
  const strap = incidentOf(anna, 'strap_open', NOW, { id: 'strap', confirmedMs: NOW })
  const old = taken(incidentOf(anna, 'sos', NOW - 60 * MINUTE, { id: 'old' }))
  const [row, ...none] = queueRows([old, corridor, strap])
  expect(none).toEqual([])
  expect(row!.incidents.map(({ id }) => id)).toEqual(['strap', 'corridor', 'old'])
  expect(row!.clock?.dueMs).toBe(NOW - 5 * MINUTE)
  expect(untakenOf(row!).map(({ id }) => id)).toEqual(['strap', 'corridor'])
  expect(sameCauseOf(row!).map(({ id }) => id)).toEqual(['strap'])
})

const someIncident = fc
  .record({
    wearer: fc.constantFrom(...wearers.slice(0, 12)),
    type: fc.constantFrom(
      ...(Object.keys(INCIDENT_TYPES) as IncidentType[]).filter((type) => type !== 'fleet_silence'),
    ),
    agoMs: fc.integer({ min: 0, max: 100 * MINUTE }),
    ended: fc.boolean(),
    taken: fc.boolean(),
  })
  .map(({ wearer, type, agoMs, ended, taken: isTaken }) => {
    const incident = incidentOf(wearer, type, NOW - agoMs, ended ? { endMs: NOW } : {})
    return isTaken ? taken(incident) : incident
  })

test('whatever is open: every incident in one row, every klien once, groups in order, each group by due time', () => {
  fc.assert(
    fc.property(fc.array(someIncident, { maxLength: 60 }), (incidents) => {
      const rows = queueRows(incidents)
      expect(rows.flatMap((row) => row.incidents.map(({ id }) => id)).sort()).toEqual(
        incidents.map(({ id }) => id).sort(),
      )
      expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length)
      for (const [i, row] of rows.entries()) {
        expect(queueGroupOf(row.lead)).toBe(row.group)
        const next = rows[i + 1]
        if (!next) continue
        const [here, there] = [QUEUE_GROUPS.indexOf(row.group), QUEUE_GROUPS.indexOf(next.group)]
        expect(here).toBeLessThanOrEqual(there)
        if (here === there) expect(row.clock?.dueMs ?? Infinity).toBeLessThanOrEqual(next.clock?.dueMs ?? Infinity)
      }
      expect(queueRows(incidents.toReversed()).map(({ key }) => key)).toEqual(rows.map(({ key }) => key))
    }),
  )
})

test('a filter is read from the address and written back to it', () => {
  const filter = filterOf(
    new Map([
      ['jenis', 'sos'],
      ['tingkat', 'kritis'],
      ['milik', 'ya'],
      ['pk', 'Siti'],
    ]),
  )
  expect([filter.type, [...filter.severities], filter.mine, filter.pk, filter.shown]).toEqual([
    'sos',
    ['kritis'],
    true,
    'Siti',
    'open',
  ])
  expect(
    filterOf(
      new Map([
        ['jenis', 'nonsense'],
        ['tingkat', 'nonsense'],
      ]),
    ),
  ).toEqual(filterOf(new Map()))
  expect([isFiltered(filter), isFiltered(filterOf(new Map()))]).toEqual([true, false])
  expect(withSeverity(filterOf(new Map()), 'informasi')).toBe('serius,kritis')
  expect(withSeverity(filter, 'kritis')).toBeUndefined()
})

test('filters: PK, unit with what is below it, type, severity, and mine by klien or by act', () => {
  const strap = incidentOf(anna, 'strap_open', NOW)
  const context = { officerName: 'Dwi', pkNameOf: (n: number) => (n === anna.n ? 'Siti' : 'Dwi') }
  const seen = (query: [string, string][], incident: IncidentView = strap) =>
    passes(incident, filterOf(new Map(query)), context)
  expect(seen([['pk', 'Siti']])).toBe(true)
  expect(seen([['pk', 'Dwi']])).toBe(false)
  expect(seen([['unit', anna.unitPath.split('.').slice(0, 2).join('.')]])).toBe(true)
  expect(seen([['unit', 'ditjenpas.d']])).toBe(false)
  expect(seen([['jenis', 'sos']])).toBe(false)
  expect(seen([['tingkat', 'serius']])).toBe(false)
  expect(seen([['milik', 'ya']])).toBe(false)
  expect(seen([['milik', 'ya']], taken(strap))).toBe(true)
  expect(seen([['milik', 'ya']], incidentOf(budi, 'sos', NOW))).toBe(true)
})
