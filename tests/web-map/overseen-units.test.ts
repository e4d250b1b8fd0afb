// What Kanwil and Ditjenpas see first: figures that the server counts, since they see no person without a reason.
import { expect, test } from 'vitest'
import type { UnitFigures } from '../../model/console/console.ts'
import { OverseenUnits } from '../../web-map/app/overseen-units.ts'
import { ApiFailure } from '../../web-map/session/request.ts'

const unit = (path: string, kind: UnitFigures['kind'], some: Partial<UnitFigures> = {}): UnitFigures => ({
  ...{ path, name: path, kind, klien: 0, concerned: 0, untaken: 0, kritisOpen: 0, seriusOpen: 0, informasiOpen: 0 },
  ...{ raisedWeek: 0, resolvedWeek: 0, falseWeek: 0, ...some },
})

function overseen(answers: (UnitFigures[] | ApiFailure)[]) {
  const waiting: (() => void)[] = []
  let signedOut = 0
  const units = new OverseenUnits(
    {
      figures: async () => {
        const answer = answers.shift()!
        if (answer instanceof ApiFailure) throw answer
        return answer
      },
    },
    (_, act) => {
      waiting.push(act)
      return () => waiting.splice(waiting.indexOf(act), 1)
    },
    () => signedOut++,
  )
  return { units, waiting, signedOut: () => signedOut }
}

test('each Bapas, the gravest first, and the highest unit as the sum; asked for again until the page is left', async () => {
  const first = [
    unit('dj', 'ditjenpas', { klien: 30, kritisOpen: 1 }),
    unit('dj.a', 'kanwil', { klien: 30 }),
    unit('dj.a.b', 'bapas', { klien: 10 }),
    unit('dj.a.c', 'bapas', { klien: 20, kritisOpen: 1, untaken: 1 }),
  ]
  const { units, waiting } = overseen([first, [unit('dj', 'ditjenpas', { klien: 31 }), unit('dj.a.b', 'bapas')]])
  const leave = units.follow('Semua unit')
  await expect.poll(() => units.figures.value?.units.map(({ path }) => path)).toEqual(['dj.a.c', 'dj.a.b'])
  expect(units.figures.value!.all).toEqual({
    ...{ path: '', name: 'Semua unit', wearers: 30, concerned: 0, untaken: 0 },
    open: { kritis: 1, serius: 0, informasi: 0 },
  })
  waiting.shift()!()
  await expect.poll(() => units.figures.value?.all.wearers).toBe(31)
  await expect.poll(() => waiting.length).toBe(1)
  leave()
  expect(waiting).toEqual([])
})

test('no zero is shown where nothing is known, and what failed is said', async () => {
  const { units, signedOut } = overseen([new ApiFailure(503, 'database_away', 'away')])
  units.follow('Semua unit')
  await expect.poll(() => units.problem.value).toBeTruthy()
  expect(units.figures.value).toBeUndefined()
  expect(signedOut()).toBe(0)
})
