// The network of a whole unit gone for a while: its bracelets say nothing and keep what they would have said.
import type { Bracelet } from './bracelet.ts'

export type UnitOutage = {
  /** This unit and those below it. */
  unitPath: string
  fromMs: number
  toMs: number
}

/** Reads `<unit path>,<begins after s>,<lasts s>`, seconds of the simulation's time. Throws RangeError on anything else. */
export function parseOutage(text: string, startMs: number): UnitOutage {
  const [, unitPath, after, lasts] = /^([\w.]+),(\d+(?:\.\d+)?),(\d+(?:\.\d+)?)$/.exec(text) ?? []
  if (unitPath === undefined) throw new RangeError(`not an outage (unit,after s,lasts s): "${text}"`)
  const fromMs = startMs + Number(after) * 1000
  return { unitPath, fromMs, toMs: fromMs + Number(lasts) * 1000 }
}

/** The same bracelet, without network while the outage lasts where it is of that unit. */
export function inOutage(bracelet: Bracelet, { unitPath, fromMs, toMs }: UnitOutage): Bracelet {
  const own = bracelet.wearer.unitPath
  if (own !== unitPath && !own.startsWith(`${unitPath}.`)) return bracelet
  return { ...bracelet, offlineAt: (timeMs) => (timeMs >= fromMs && timeMs < toMs) || bracelet.offlineAt(timeMs) }
}
