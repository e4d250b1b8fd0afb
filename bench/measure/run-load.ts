// A load generator in a process of its own: it prepares what it will send, waits for the start message, sends, and reports what it saw.
import { fork } from 'node:child_process'
import { join } from 'node:path'

export type Load<R> = {
  /** Resolves when all is answered. */
  go(): Promise<R>
  /** For those that would go on for ever. */
  finish(): void
}

/** Starts `bench/load/<program>.ts`; resolves when it is ready to send. */
export async function startLoad<R>(program: string, config: object): Promise<Load<R>> {
  const child = fork(join(import.meta.dirname, '../load', `${program}.ts`), [], {
    execArgv: ['--import', 'tsx', '--max-old-space-size=4096'],
    serialization: 'advanced',
  })
  const next = <T>(): Promise<T> =>
    new Promise((resolve, reject) => {
      child.once('message', (message) => {
        child.off('exit', ended)
        resolve(message as T)
      })
      const ended = (code: number | null) => reject(new Error(`the load generator ${program} ended with code ${code}`))
      child.once('exit', ended)
    })
  const ready = next()
  child.send(config)
  await ready
  return {
    async go() {
      const result = next<R>()
      child.send('go')
      return result
    },
    finish: () => void child.send('finish'),
  }
}

/** For the generators themselves: `prepare` with what the bench sent, then `send` at its word. */
export function asLoad<C, P>(
  prepare: (config: C) => Promise<P>,
  send: (config: C, prepared: P) => Promise<object>,
): void {
  process.once('message', async (config) => {
    const prepared = await prepare(config as C)
    process.once('message', async () => {
      process.send!(await send(config as C, prepared))
      process.disconnect()
    })
    process.send!('ready')
  })
}

export type Latencies = { p50Ms: number; p95Ms: number; p99Ms: number; maxMs: number }

export function latencies(valuesMs: number[]): Latencies {
  const sorted = Float64Array.from(valuesMs).sort()
  const at = (part: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
  return { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), maxMs: at(1) }
}
