// The second place of the audit's signed heads: a file, syslog, or a receiver of HTTP.
import { createSocket } from 'node:dgram'
import { open, readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import type { HeadsPlace } from '../../pipeline/record/sign-heads.ts'
import { readHeads } from '../../store/access/signed-heads.ts'

const POST_MS_MAX = 10_000
const SYSLOG_PORT = 514
/** Facility 13 (log audit), severity 5 (notice): RFC 5424. */
const SYSLOG_PRIORITY = 13 * 8 + 5

/** Throws a sentence that repeats nothing of the address, which may hold a secret. */
export function headsPlace(address: string, keys: readonly string[]): HeadsPlace {
  if (address.startsWith('/')) return inFile(address, keys)
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url?.protocol === 'file:') return inFile(decodeURIComponent(url.pathname), keys)
  if (url?.protocol === 'syslog:') return toSyslog(url)
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return toReceiver(url)
  throw new Error('GELANG_AUDIT_HEADS must be a path, syslog://host or an http address')
}

function inFile(path: string, keys: readonly string[]): HeadsPlace {
  return {
    async write(line) {
      const file = await open(path, 'a', 0o600)
      try {
        await file.appendFile(`${line}\n`)
        await file.sync()
      } finally {
        await file.close()
      }
    },
    async last() {
      try {
        return readHeads(await readFile(path, 'utf8'), keys).heads.at(-1)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw error
      }
    },
  }
}

/** By UDP: that it was sent is all that is known. */
function toSyslog({ hostname: host, port }: URL): HeadsPlace {
  return {
    write: (line) =>
      new Promise((resolve, reject) => {
        const time = new Date().toISOString()
        const message = `<${SYSLOG_PRIORITY}>1 ${time} ${hostname()} gelang ${process.pid} audit-head - ${line}`
        const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
        socket.once('error', reject)
        socket.send(message, Number(port || SYSLOG_PORT), host.replaceAll(/[[\]]/g, ''), (error) => {
          socket.close()
          if (error) reject(error)
          else resolve()
        })
      }),
    last: async () => undefined,
  }
}

function toReceiver(url: URL): HeadsPlace {
  return {
    async write(line) {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: line,
        redirect: 'error',
        signal: AbortSignal.timeout(POST_MS_MAX),
      })
      await answer.body?.cancel()
      if (!answer.ok) throw new Error(`the receiver answered ${answer.status}`)
    },
    last: async () => undefined,
  }
}
