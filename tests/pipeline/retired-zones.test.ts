// Zones of ended conditions do not stay in an evaluator's memory for ever.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ZoneBook } from '../../pipeline/evaluate/plan-book.ts'
import { publishZones } from '../../stream/publication/publications.ts'
import { createTestRedis, silentLog, type TestRedis } from '../setup/test-redis.ts'

let shared: TestRedis
beforeAll(async () => {
  shared = await createTestRedis()
})
afterAll(() => shared.cleanup())

const shape = { type: 'Circle' as const, center: [110.37, -7.8] as [number, number], radiusM: 100 }

test('a zone that no plan names at two looks is forgotten, and loaded again where it is named again', async () => {
  const { redis, keys } = shared
  await publishZones(redis, keys, [
    { id: 'home', name: 'home', shape },
    { id: 'school', name: 'school', shape },
    { id: 'broken', name: 'broken', shape: { ...shape, radiusM: -1 } },
  ])
  const book = new ZoneBook(redis, keys, silentLog)
  await book.load(['home', 'school', 'broken'])
  expect(book.size).toBe(2)
  book.forgetAllBut(new Set(['home']))
  expect(book.zoneOf('school')).toBeDefined()
  book.forgetAllBut(new Set(['home']))
  expect([book.zoneOf('school'), book.size]).toEqual([undefined, 1])
  expect([...(await book.load(['school']))]).toEqual(['school'])
  book.forgetAllBut(new Set(['home', 'school']))
  book.forgetAllBut(new Set(['home', 'school']))
  expect(book.size).toBe(2)
})
