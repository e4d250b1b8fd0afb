import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runBacktest } from '../../bin/commands/backtest.ts'

const folder = mkdtempSync(join(tmpdir(), 'gelang-backtest-'))
afterAll(() => rmSync(folder, { recursive: true }))

function run(radiusM: number, json = false): string[] {
  const document = {
    plan: {
      supervisions: [{ fromMs: '2026-01-01T00:00:00Z', toMs: '2027-01-01T00:00:00Z' }],
      conditions: [
        { id: 'stay-out', kind: 'avoided', zoneId: 'shop', fromMs: '2026-01-01T00:00:00Z', legalBasis: 'SK 1' },
      ],
    },
    zones: [{ id: 'shop', shape: { type: 'Circle', center: [106.8, -6.2], radiusM } }],
  }
  const rows = Array.from({ length: 10 }, (_, minute) => `2026-03-03T06:0${minute}:00Z,-6.2000${minute},106.8`)
  const [plan, track] = [join(folder, 'plan.json'), join(folder, 'track.csv')]
  writeFileSync(plan, JSON.stringify(document))
  writeFileSync(track, ['time,lat,lon', ...rows].join('\n'))
  const lines: string[] = []
  runBacktest({ plan, track, json }, (line) => lines.push(line))
  return lines
}

test('who tries a zone that a usual fix cannot prove anybody inside is warned', () => {
  expect(run(30)[0]).toMatch(/^warning: shop \(stay-out\) is nowhere deeper than 34 m/)
  expect(JSON.parse(run(30, true).join(''))).toMatchObject({
    tooSmall: [{ conditionId: 'stay-out', zoneId: 'shop', guardM: 33.75 }],
    incidents: [],
  })
})

test('else it prints the incidents', () => {
  expect(run(100)).toEqual([
    '10 points (0 without time or place), 1 incidents',
    expect.stringMatching(/inside_avoided_zone \(stay-out\) .* still open at the end$/),
  ])
  expect(JSON.parse(run(100, true).join(''))).toMatchObject({ tooSmall: [], points: 10 })
})
