// Server processes of one machine, started and watched by the demo: one that dies is started again, more slowly each time.
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'

type ChildSpec = { name: string; roles: string; env: Record<string, string> }

type Child = { name: string; pid(): number | undefined; restarts(): number }

const RESTART_MS_FIRST = 200
const RESTART_MS_MAX = 5000
const STOP_MS_MAX = 15_000

export class ChildProcesses {
  readonly #logFolder: string
  readonly #env: NodeJS.ProcessEnv
  readonly #onExit: (name: string, reason: string) => void
  readonly #running = new Map<string, { process: ChildProcess; restarts: number }>()
  #stopping = false

  /** Logs go to `<logFolder>/<name>.log`. `onExit` hears of every child that ends by itself. */
  constructor(options: { logFolder: string; env: NodeJS.ProcessEnv; onExit(name: string, reason: string): void }) {
    this.#logFolder = options.logFolder
    this.#env = options.env
    this.#onExit = options.onExit
    mkdirSync(options.logFolder, { recursive: true })
  }

  start(spec: ChildSpec): Child {
    this.#spawn(spec, 0)
    return {
      name: spec.name,
      pid: () => this.#running.get(spec.name)?.process.pid,
      restarts: () => this.#running.get(spec.name)?.restarts ?? 0,
    }
  }

  /** Asks all to end, waits, and kills what is still there after STOP_MS_MAX. */
  async stop(): Promise<void> {
    this.#stopping = true
    await Promise.all([...this.#running.values()].map(({ process }) => ended(process)))
  }

  #spawn(spec: ChildSpec, restarts: number): void {
    const program = join(
      import.meta.dirname,
      import.meta.filename.endsWith('.ts') ? '../../dist/bin/gelang.js' : '../gelang.js',
    )
    const child = spawn(process.execPath, ['--enable-source-maps', program, 'serve', '--roles', spec.roles], {
      env: { ...this.#env, ...spec.env },
      // The channel says nothing; it ends with this process, however this process ends, and the child then ends too.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    const log = createWriteStream(join(this.#logFolder, `${spec.name}.log`), { flags: 'a' })
    child.stdout!.pipe(log, { end: false })
    child.stderr!.pipe(log, { end: false })
    this.#running.set(spec.name, { process: child, restarts })
    child.once('exit', (code, signal) => {
      log.end()
      if (this.#stopping) return
      this.#onExit(spec.name, signal ?? `exit code ${code}`)
      setTimeout(
        () => this.#stopping || this.#spawn(spec, restarts + 1),
        Math.min(RESTART_MS_MAX, RESTART_MS_FIRST * 2 ** restarts),
      )
    })
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX)
  await exited
  clearTimeout(timer)
}
