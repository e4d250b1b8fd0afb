import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { ServiceError } from './service-error.ts'

const WAIT_MS_MAX = 600_000
const RETRY_MS = 100

/**
 * Runs `work` while no other process works on the same folder for the same purpose. The lock is an abstract Unix socket named for the
 * folder: the kernel lets go of it when its owner dies, however it dies. `onWait` is called once when another process has it.
 */
export async function withFolderLock<T>(
  folder: string,
  purpose: 'packages' | 'services',
  onWait: () => void,
  work: () => Promise<T>,
): Promise<T> {
  const name = `\0gelang-${createHash('sha256')
    .update(`${purpose} ${realpathSync(folder)}`)
    .digest('hex')
    .slice(0, 32)}`
  let server = await listen(name)
  if (!server) onWait()
  for (let waitedMs = 0; !server; waitedMs += RETRY_MS) {
    if (waitedMs >= WAIT_MS_MAX)
      throw new ServiceError(
        'busy',
        `Another process has been working on ${folder} for ten minutes.`,
        'End it and run this again.',
      )
    await delay(RETRY_MS)
    server = await listen(name)
  }
  const held = server
  try {
    return await work()
  } finally {
    await new Promise<void>((resolve) => held.close(() => resolve()))
  }
}

function listen(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined)
      else reject(error)
    })
    server.listen(name, () => resolve(server))
  })
}
