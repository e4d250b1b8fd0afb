// Processor time by process, so that a figure can be explained: who spent what of the cores.
import { readdirSync, readFileSync } from 'node:fs'
import { connectRedis, untilReady } from '../../stream/redis/connect.ts'
import { QUIET } from '../measure/quiet.ts'
import type { System } from './system.ts'

const TICKS_PER_SECOND = 100

export type CpuSeconds = Record<string, number>

/** Seconds since each process began. PostgreSQL's is all of its processes; absent where there is no /proc. */
export async function cpuSeconds(system: System): Promise<CpuSeconds> {
  const found: CpuSeconds = {}
  for (const role of ['ingest', 'evaluate', 'record', 'api'] as const)
    if (system[role]) found[role] = await system[role].metric('process_cpu_seconds_total')
  const redis = connectRedis({ url: system.redisUrl, prefix: 'bench' }, 'bench', QUIET)
  try {
    await untilReady(redis, 5000)
    const info = await redis.info('cpu')
    found.redis = ['used_cpu_user', 'used_cpu_sys']
      .map((name) => Number(new RegExp(`^${name}:(.*)`, 'm').exec(info)?.[1]))
      .reduce((sum, seconds) => sum + seconds)
  } finally {
    redis.disconnect()
  }
  const { rows } = await system.pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const parent = statOf(rows[0]!.pid)?.parent
  if (parent !== undefined) found.postgres = secondsBelow(parent)
  return found
}

/** The difference, with two decimals. */
export function spent(before: CpuSeconds, after: CpuSeconds): CpuSeconds {
  return Object.fromEntries(
    Object.entries(after).map(([name, seconds]) => [name, Number((seconds - (before[name] ?? 0)).toFixed(2))]),
  )
}

export function saySpent(say: (line: string) => void, cpu: CpuSeconds): void {
  say(
    `  processor seconds: ${Object.entries(cpu)
      .map(([name, seconds]) => `${name} ${seconds}`)
      .join(', ')}`,
  )
}

type Stat = { parent: number; ticks: number; endedChildrenTicks: number }

function statOf(pid: number): Stat | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')
      .map(Number)
    return { parent: fields[1]!, ticks: fields[11]! + fields[12]!, endedChildrenTicks: fields[13]! + fields[14]! }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
    return undefined // ended a moment ago, or no /proc
  }
}

function secondsBelow(parent: number): number {
  const own = statOf(parent)
  let ticks = own ? own.ticks + own.endedChildrenTicks : 0
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : undefined
    if (stat?.parent === parent) ticks += stat.ticks
  }
  return ticks / TICKS_PER_SECOND
}
