// What a connection a device costs whatever is done with its frames: the load of `tcp` against a server that only answers.
import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { Gt06Load, Gt06Result } from '../load/gt06.ts'
import { startLoad } from '../measure/run-load.ts'
import { perSecond } from './wall.ts'

export type TcpFloor = { reportsPerSecond: number; serverMicrosPerReport: number; p50Ms: number; p99Ms: number }

/** Runs `load` against it. Both cores are its own and the generator's: neither Redis nor PostgreSQL work meanwhile. */
export async function measureTcpFloor(load: Omit<Gt06Load, 'host' | 'port'>): Promise<TcpFloor> {
  const server = fork(join(import.meta.dirname, '../load', 'tcp-floor.ts'), [], { execArgv: ['--import', 'tsx'] })
  const next = <T>(): Promise<T> =>
    new Promise((resolve, reject) => {
      server.once('message', (message) => resolve(message as T))
      server.once('exit', (code) => reject(new Error(`the bare server ended with code ${code}`)))
    })
  const cpuMicros = async (): Promise<number> => {
    const said = next<NodeJS.CpuUsage>()
    server.send('cpu')
    const { user, system } = await said
    return user + system
  }
  try {
    const { port } = await next<{ port: number }>()
    const generator = await startLoad<Gt06Result>('gt06', { ...load, host: '127.0.0.1', port } satisfies Gt06Load)
    const before = await cpuMicros()
    const { firstSentMs, lastAnswerMs, p50Ms, p99Ms } = await generator.go()
    const reports = load.wearers * load.reportsPerWearer
    return {
      reportsPerSecond: perSecond(reports, lastAnswerMs - firstSentMs),
      serverMicrosPerReport: Number((((await cpuMicros()) - before) / reports).toFixed(1)),
      p50Ms,
      p99Ms,
    }
  } finally {
    server.kill('SIGKILL')
  }
}
