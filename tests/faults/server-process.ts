// One process of the server as an operator's machine runs it: started, killed, stopped in its tracks, started again.
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { eventually } from './eventually.ts'

const PROGRAM = resolve(import.meta.dirname, '../../dist/bin/gelang.js')
const READY_MS_MAX = 180_000
const STOP_MS_MAX = 20_000
const LAST_LINES = 12

/** Servers do not outlive who started them. */
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

export type ProcessOptions = {
  name: string
  roles: string
  healthPort: number
  env: Record<string, string>
  logFolder: string
  /** It ended although nobody asked it to. */
  onEnd(name: string, how: string): void
}

export class ServerProcess {
  readonly #options: ProcessOptions
  #child: ChildProcess | undefined
  #exited: Promise<string> = Promise.resolve('never started')

  constructor(options: ProcessOptions) {
    this.#options = options
  }

  start(): void {
    const { name, roles, healthPort, env, logFolder } = this.#options
    const child = spawn(process.execPath, ['--enable-source-maps', PROGRAM, 'serve', '--roles', roles], {
      env: { PATH: process.env.PATH ?? '', ...env, GELANG_HEALTH_PORT: String(healthPort) },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    running.add(child)
    const log = createWriteStream(join(logFolder, `${name}.log`), { flags: 'a' })
    child.stdout!.pipe(log, { end: false })
    child.stderr!.pipe(log, { end: false })
    this.#exited = new Promise((ended) =>
      child.once('exit', (code, signal) => {
        running.delete(child)
        log.end()
        const how = signal ?? `exit code ${code}`
        if (this.#child === child) {
          this.#child = undefined
          this.#options.onEnd(name, how)
        }
        ended(how)
      }),
    )
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  get running(): boolean {
    return this.#child !== undefined
  }

  /** Kills it as a power cut would; resolves when it is gone. */
  async kill9(): Promise<void> {
    await this.#signal('SIGKILL')
  }

  pause(): void {
    this.#child?.kill('SIGSTOP')
  }

  resume(): void {
    this.#child?.kill('SIGCONT')
  }

  /** Asks it to end; gives a complaint where it had to be killed or ended badly. */
  async stop(): Promise<string | undefined> {
    if (this.#child === undefined) return undefined
    const timer = setTimeout(() => this.#lastChild?.kill('SIGKILL'), STOP_MS_MAX)
    const how = await this.#signal('SIGTERM')
    clearTimeout(timer)
    return how === 'exit code 0' ? undefined : `${this.#options.name} was asked to end and ended with ${how}`
  }

  async untilReady(): Promise<void> {
    const { name, healthPort } = this.#options
    let said = 'it does not listen'
    await eventually(
      async () => {
        if (!this.running) throw new Error(`${name} ended before it was ready: ${await this.#lastWords()}`)
        const response = await fetch(`http://127.0.0.1:${healthPort}/readyz`).catch((error: unknown) => {
          if (error instanceof TypeError) return undefined // not listening yet
          throw error
        })
        if (response !== undefined) said = await response.text()
        return response?.ok
      },
      `${name} is ready`,
      READY_MS_MAX,
      () => said,
    )
  }

  async #lastWords(): Promise<string> {
    const { name, logFolder } = this.#options
    const how = await this.#exited
    const lines = (await readFile(join(logFolder, `${name}.log`), 'utf8')).trimEnd().split('\n')
    return `${how}\n${lines.slice(-LAST_LINES).join('\n')}`
  }

  #lastChild: ChildProcess | undefined

  #signal(signal: NodeJS.Signals): Promise<string> {
    const child = this.#child
    if (child === undefined) return Promise.resolve('not running')
    this.#lastChild = child
    this.#child = undefined
    child.kill(signal)
    return this.#exited
  }
}
