// A server process that may outlive the process that started it: known by its id and its start time, since ids are used again.
import { spawn } from 'node:child_process'
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { RunAs } from './unprivileged-user.ts'

export type ProcessId = { pid: number; startTicks: string }

const POLL_MS = 20

/** The process of this id that runs now, or undefined (a zombie does not run). */
export function processOf(pid: number): ProcessId | undefined {
  const stat = statOf(pid)
  return stat === undefined || stat.state === 'Z' || stat.state === 'X'
    ? undefined
    : { pid, startTicks: stat.startTicks }
}

export function isAlive(one: ProcessId): boolean {
  return processOf(one.pid)?.startTicks === one.startTicks
}

/** Sends a signal if the process still is the one that was meant. */
export function signal(one: ProcessId, name: NodeJS.Signals): void {
  if (!isAlive(one)) return
  try {
    process.kill(one.pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** True when it ended within the time. */
export async function waitForEnd(one: ProcessId, timeoutMs: number): Promise<boolean> {
  for (let waitedMs = 0; isAlive(one); waitedMs += POLL_MS) {
    if (waitedMs >= timeoutMs) return false
    await delay(POLL_MS)
  }
  return true
}

/** The processes that this one started. */
export function childrenOf(parent: ProcessId): ProcessId[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), stat: statOf(Number(name)) }))
    .flatMap(({ pid, stat }) => (stat?.parentPid === parent.pid ? [{ pid, startTicks: stat.startTicks }] : []))
}

/** The processes of one program that work in a folder or in its `data` folder. */
export function processesIn(folder: string, program: string): ProcessId[] {
  const places = new Set([folder, join(folder, 'data')])
  const executable = realpathSync(program)
  return readdirSync('/proc')
    .filter(
      (name) =>
        /^\d+$/.test(name) && places.has(linkOf(`/proc/${name}/cwd`)) && linkOf(`/proc/${name}/exe`) === executable,
    )
    .flatMap((name) => processOf(Number(name)) ?? [])
}

/** Starts a server in a session of its own (Ctrl-C of the parent does not reach it), its output added to `logFile`. */
export function startDetached(
  program: string,
  args: readonly string[],
  place: { cwd: string; logFile: string; runAs: RunAs },
): Promise<ProcessId> {
  const log = openSync(place.logFile, 'a', 0o600)
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C' }
  const child = spawn(program, args, {
    ...place.runAs,
    cwd: place.cwd,
    env,
    detached: true,
    stdio: ['ignore', log, log],
  })
  child.unref()
  closeSync(log)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('spawn', () => {
      const pid = child.pid as number
      resolve(processOf(pid) ?? { pid, startTicks: '' })
    })
  })
}

/** Writes JSON whole or not at all. */
export function writeRecord(path: string, record: object): void {
  writeFileSync(`${path}.new`, JSON.stringify(record), { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

/** The record, or undefined when there is none, or what a power cut left of one. */
export function readRecord<T>(path: string): T | undefined {
  if (!existsSync(path)) return undefined
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Where a link of /proc leads; empty for a process that has ended or is none of ours. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(code)) return ''
    throw error
  }
}

function statOf(pid: number): { state: string; parentPid: number; startTicks: string } | undefined {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH') return undefined
    throw error
  }
  // The program's name, in brackets, may hold spaces; the fields after it are counted from its closing bracket.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { state: fields[0] as string, parentPid: Number(fields[1]), startTicks: fields[19] as string }
}
