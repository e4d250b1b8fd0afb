import { readFileSync } from 'node:fs'
import type { Clock } from '../../model/observe.ts'

const LOOK_MS = 20

/**
 * Real time, or `realMs,virtualMs,speed`: virtual time that was virtualMs when real time was realMs. A path names a file
 * with such a line, read again and again: its writer controls the clock.
 */
export function clockOf(virtual: string | undefined): Clock {
  if (virtual === undefined || virtual === '') return Date.now
  if (!virtual.startsWith('/')) return running(virtual)
  let clock = running(readFileSync(virtual, 'utf8'))
  setInterval(() => {
    clock = running(readFileSync(virtual, 'utf8'))
  }, LOOK_MS).unref()
  return () => clock()
}

function running(virtual: string): Clock {
  const [realMs, virtualMs, speed] = virtual.split(',').map(Number)
  if (
    realMs === undefined ||
    virtualMs === undefined ||
    speed === undefined ||
    !(speed >= 0) ||
    !Number.isFinite(realMs + virtualMs)
  )
    throw new Error(`GELANG_VIRTUAL_CLOCK must be realMs,virtualMs,speed, not "${virtual}"`)
  return () => Math.floor(virtualMs + (Date.now() - realMs) * speed)
}
