import { pino } from 'pino'
import type { Log } from '../../model/observe.ts'

/** JSON lines on stdout; `name` says which process speaks. */
export function openLog(name: string, level: string): Log {
  return pino({ name, level, base: { pid: process.pid, name }, timestamp: pino.stdTimeFunctions.isoTime })
}
