// A small disk of its own for Redis' append-only file, which a script can fill and free again. Only root may mount one.
import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../../local-services/run-command.ts'
import { isAlive, processOf } from '../../local-services/running-process.ts'
import { ServiceError } from '../../local-services/service-error.ts'
import { chooseRunAs } from '../../local-services/unprivileged-user.ts'
import type { OwnServer } from '../setup/own-services.ts'
import { until } from './eventually.ts'

const DISK_MIB = 160
const EMPTY_LOG = {
  'appendonly.aof.1.incr.aof': '',
  'appendonly.aof.manifest': 'file appendonly.aof.1.incr.aof seq 1 type i\n',
}
const LOOK_MS = 50
/** Redis may still fall over what it could not write a moment ago. */
const STEADY_MS = 300

export const CAN_MOUNT = process.platform === 'linux' && process.getuid?.() === 0

/** Stops Redis, puts a small disk under its append-only files, and starts it there, empty. */
export async function onSmallDisk(redis: OwnServer): Promise<LogDisk> {
  await redis.stop()
  const folder = join(redis.folder, 'appendonlydir')
  mkdirSync(folder, { recursive: true })
  const { uid = 0, gid = 0 } = chooseRunAs()
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m,mode=700,uid=${uid},gid=${gid}`, 'gelang-log', folder])
  const disk = new LogDisk(redis, folder)
  // Redis would make its first file beside the folder and move it there, which it cannot from one disk to another.
  for (const [name, text] of Object.entries(EMPTY_LOG)) {
    writeFileSync(join(folder, name), text, { mode: 0o600 })
    chownSync(join(folder, name), uid, gid)
  }
  try {
    await redis.startAgain()
  } catch (error) {
    await disk.discard()
    throw error
  }
  return disk
}

export class LogDisk {
  readonly #redis: OwnServer
  readonly #folder: string
  /** Whatever ends this process, the mount does not stay. */
  readonly #atExit = () => unmountBelow(this.#folder)
  /** How often Redis ended because it could not write. */
  falls = 0

  constructor(redis: OwnServer, folder: string) {
    this.#redis = redis
    this.#folder = folder
    process.once('exit', this.#atExit)
  }

  /** Full for so long, while whoever watches over Redis starts it again whenever it has ended; it runs when this settles. */
  async fillFor(ms: number): Promise<void> {
    await this.#fill()
    const mendedAt = performance.now() + ms
    do {
      await this.#startIfEnded()
      // Pages that Redis gave back when it cut a half-written entry off are taken too.
      await this.#fill()
      await until(performance.now() + LOOK_MS)
    } while (performance.now() < mendedAt)
    if (!(await this.#resize(DISK_MIB * 1024 * 1024))) throw new Error(`the disk ${this.#folder} stays full`)
    for (let steadyFrom = performance.now(); performance.now() - steadyFrom < STEADY_MS; ) {
      if (await this.#startIfEnded()) steadyFrom = performance.now()
      await until(performance.now() + LOOK_MS)
    }
  }

  /** Puts Redis back onto the folder's own disk. */
  async discard(): Promise<void> {
    await this.#redis.stop()
    process.off('exit', this.#atExit)
    unmountBelow(this.#folder)
    await this.#redis.startAgain()
  }

  /** Makes the disk as small as what is on it. */
  async #fill(): Promise<void> {
    for (;;) {
      const { blocks, bfree, bsize } = statfsSync(this.#folder)
      if (bfree === 0) return
      await this.#resize((blocks - bfree) * bsize)
    }
  }

  /** False where there is more on it by now. */
  async #resize(bytes: number): Promise<boolean> {
    const { code } = await runCommand('mount', ['-o', `remount,size=${bytes}`, this.#folder], {
      env: process.env,
      cwd: '/',
    })
    return code === 0
  }

  async #startIfEnded(): Promise<boolean> {
    const running = processOf(this.#redis.pid)
    if (running !== undefined && isAlive(running)) return false
    this.falls++
    try {
      await this.#redis.startAgain()
    } catch (error) {
      // It ended again at once; the next look starts it again.
      if (!(error instanceof ServiceError)) throw error
    }
    return true
  }
}

/** Takes away every mount in this folder and below. */
export function unmountBelow(folder: string): void {
  if (!existsSync('/proc/mounts')) return
  for (const line of readFileSync('/proc/mounts', 'utf8').split('\n')) {
    const at = line.split(' ')[1]
    if (at !== undefined && (at === folder || at.startsWith(`${folder}/`)))
      execFileSync('umount', ['-l', at], { stdio: 'inherit' })
  }
}
