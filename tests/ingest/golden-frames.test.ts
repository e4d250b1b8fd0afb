import { describe, expect, test } from 'vitest'
import type { DecodeContext } from '../../ingest/protocols/decoder.ts'
import { decodeLinesWith } from './decode-all.ts'
import { GOLDEN } from './golden-frames.ts'
import { GT06_GOLDEN } from './golden-gt06.ts'
import { MORE_GOLDEN } from './golden-more.ts'

const receivedMs = Date.parse('2026-01-08T10:00:00Z')

const golden = [...GOLDEN, ...GT06_GOLDEN, ...MORE_GOLDEN]

for (const protocol of new Set(golden.map((each) => each.protocol)))
  describe(protocol, () => {
    test.each(golden.filter((each) => each.protocol === protocol).map((each) => [each.name, each] as const))(
      '%s',
      (_, { lines, reports, reply, error, warning, settings, heard = true }) => {
        const context: DecodeContext = { receivedMs, settingsOf: () => settings, authorize: () => true }
        const last = [...decodeLinesWith(protocol, lines, context)].at(-1)!
        expect(last.reports).toHaveLength(reports.length)
        for (const [i, wanted] of reports.entries()) {
          const got = last.reports[i] as Record<string, unknown>
          for (const [name, value] of Object.entries(wanted))
            if (typeof value === 'number') expect([name, got[name]]).toEqual([name, expect.closeTo(value, 6)])
            else expect([name, got[name]]).toEqual([name, value])
        }
        if (reply !== undefined) expect(last.reply).toBe(reply)
        if (error === undefined) expect(last.error).toBeNull()
        else expect(last.error).toMatch(error)
        if (warning !== undefined) expect(last.warning).toMatch(warning)
        if (reports.length > 0 || error === undefined) expect(last.heard).toBe(heard)
      },
    )
  })
