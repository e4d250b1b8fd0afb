import type { Clock } from '../model/observe.ts'

/** Real time, or `realMs,virtualMs,speed`: virtual time that stood at virtualMs when real time was realMs. */
export function clockOf(virtual: string | undefined): Clock {
  if (virtual === undefined || virtual === '') return Date.now
  const [realMs, virtualMs, speed] = virtual.split(',').map(Number)
  if (
    realMs === undefined ||
    virtualMs === undefined ||
    speed === undefined ||
    !(speed > 0) ||
    !Number.isFinite(realMs + virtualMs)
  )
    throw new Error(`GELANG_VIRTUAL_CLOCK must be realMs,virtualMs,speed, not "${virtual}"`)
  return () => Math.floor(virtualMs + (Date.now() - realMs) * speed)
}
