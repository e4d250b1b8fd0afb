import { expect, test } from 'vitest'
import { OldReports } from '../../pipeline/evaluate/old-reports.ts'

const view = new DataView(new ArrayBuffer(8))

test('the oldest comes first, and the place moves on only behind what has been judged', () => {
  const old = new OldReports()
  old.open('1-0', view)
  old.open('2-0', view)
  old.put(4, 7)
  old.put(84, 8)
  old.open('3-0', view)
  old.open('4-0', view)
  old.put(4, 7)
  expect(old.count).toBe(3)
  expect(old.release()).toBe('1-0')
  expect(old.release()).toBeUndefined()
  expect(old.peek()).toMatchObject({ id: '2-0', at: 4 })
  old.judged(7)
  expect(old.release()).toBeUndefined()
  expect(old.has(7)).toBe(true)
  expect(old.peek()).toMatchObject({ id: '2-0', at: 84 })
  old.judged(8)
  expect(old.has(8)).toBe(false)
  expect(old.release()).toBe('3-0')
  expect(old.peek()).toMatchObject({ id: '4-0', at: 4 })
  old.judged(7)
  expect(old.release()).toBe('4-0')
  expect(old.count).toBe(0)
  expect(old.peek()).toBeUndefined()
})

test('where nothing waits, the place is the last entry', () => {
  const old = new OldReports()
  for (let n = 1; n <= 1000; n++) {
    old.open(`${n}-0`, view)
    if (n % 10 === 0) expect(old.release()).toBe(`${n}-0`)
  }
  expect(old.has(1)).toBe(false)
})
