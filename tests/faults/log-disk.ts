// A small disk of its own for Redis' append-only file, which a script can fill and free again. Only root may mount one.
import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive, processOf } from '../../local-services/running-process.ts'
import { ServiceError } from '../../local-services/service-error.ts'
import { chooseRunAs } from '../../local-services/unprivileged-user.ts'
import type { OwnServer } from '../setup/own-services.ts'
import { until } from './eventually.ts'

const DISK_MIB = 160
const CHUNK = Buffer.alloc(4 * 1024 * 1024)
const PAGE_BYTES = 4096
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

  /** Full until `mended`, while whoever watches over Redis starts it again whenever it has ended; it runs when this settles. */
  async fillUntil(mended: () => Promise<void>): Promise<void> {
    const path = join(this.#folder, 'filler')
    const filler = await open(path, 'w')
    let full = true
    const over = mended().then(async () => {
      full = false
      await filler.close()
      rmSync(path)
    })
    // Pages that Redis gives back when it cuts a half-written entry off are taken too.
    while (full) {
      await fill(filler, () => full)
      await this.#startIfEnded()
      await until(performance.now() + LOOK_MS)
    }
    await over
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

/** Writes until nothing more fits, not even a page. */
async function fill(filler: FileHandle, wanted: () => boolean): Promise<void> {
  for (let bytes = CHUNK.length; bytes >= PAGE_BYTES && wanted(); ) {
    try {
      const { bytesWritten } = await filler.write(CHUNK, 0, bytes)
      if (bytesWritten < bytes) bytes >>= 1
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EBADF' && !wanted()) return
      if (code !== 'ENOSPC') throw error
      bytes >>= 1
    }
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
