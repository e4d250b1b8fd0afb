import { expect, test } from 'vitest'
import { Turns } from '../../api/answer/turns.ts'
import { READINGS, tooManyReadings } from '../../api/routes/track-access.ts'

/** Readings that end when they are let; `began` says which have begun, in their order. */
function readings(turns: Turns) {
  const began: string[] = []
  const end = new Map<string, (error?: Error) => void>()
  const start = (name: string, officerId = name): Promise<string> =>
    turns.run(officerId, () => {
      began.push(name)
      return new Promise<string>((resolve, reject) => {
        end.set(name, (error) => (error ? reject(error) : resolve(name)))
      })
    })
  return { began, end: (name: string, error?: Error) => end.get(name)!(error), start }
}

test('few at once; the others wait, first come first served, also after one that failed', async () => {
  const { began, end, start } = readings(new Turns({ ...READINGS, runningMax: 2 }, tooManyReadings))
  const all = ['a', 'b', 'c', 'd'].map((name) => start(name))
  await expect.poll(() => began).toEqual(['a', 'b'])
  end('b')
  await expect.poll(() => began).toEqual(['a', 'b', 'c'])
  end('a', new Error('the track could not be read'))
  await expect(all[0]).rejects.toThrow('could not be read')
  await expect.poll(() => began).toEqual(['a', 'b', 'c', 'd'])
  end('c')
  end('d')
  expect(await Promise.all(all.slice(1))).toEqual(['b', 'c', 'd'])
  const next = start('e')
  await expect.poll(() => began.at(-1)).toBe('e')
  end('e')
  expect(await next).toBe('e')
})

test('one officer takes no more than their share, and gets it back', async () => {
  const { began, end, start } = readings(new Turns({ ...READINGS, runningMax: 1, perKeyMax: 2 }, tooManyReadings))
  const own = [start('a1', 'a'), start('a2', 'a')]
  await expect(start('a3', 'a')).rejects.toMatchObject({ status: 429, code: 'too_many_attempts' })
  const other = start('b')
  end('a1')
  await expect.poll(() => began).toEqual(['a1', 'a2'])
  const again = start('a4', 'a')
  for (const [name, ended] of [
    ['a2', own[1]],
    ['b', other],
    ['a4', again],
  ] as const) {
    await expect.poll(() => began.at(-1)).toBe(name)
    end(name)
    expect(await ended).toBe(name)
  }
})

test('too many waiting, or waiting for too long, is refused; whoever gave up is passed over', async () => {
  const { began, end, start } = readings(
    new Turns({ runningMax: 1, perKeyMax: 9, waitingMax: 1, waitMsMax: 20 }, tooManyReadings),
  )
  const first = start('a')
  const waiting = start('b')
  await expect(start('c')).rejects.toMatchObject({ status: 429 })
  await expect(waiting).rejects.toMatchObject({ status: 429 })
  const last = start('d')
  end('a')
  await first
  await expect.poll(() => began).toEqual(['a', 'd'])
  end('d')
  await last
})
